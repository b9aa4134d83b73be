import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFolder } from "./folder-lock.ts";

let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folder-lock-"));
});
afterEach(async () => {
  await Promise.all([...children].map(kill));
  await rm(folder, { recursive: true });
});

/** Starts a process that tries to take the lock and keeps it. */
async function lockElsewhere(): Promise<{ child: ChildProcess; locked: boolean }> {
  const script = `
    process.on("message", () => {}); // lives as long as this process
    const { lockFolder } = await import(${JSON.stringify(new URL("folder-lock.ts", import.meta.url).href)});
    process.send(await lockFolder(process.argv[1], "test").then(() => true, () => false));`;
  const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], { stdio: [...stdio] });
  children.add(child);
  const [locked] = await once(child, "message");
  return { child, locked };
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  child.kill("SIGKILL");
  await once(child, "exit");
}

it("refuses a folder that another process holds, names that process, and takes the folder once it has crashed", async () => {
  const { child, locked } = await lockElsewhere();
  expect(locked).toBe(true);
  await expect(lockFolder(folder, "test")).rejects.toThrow(
    new RegExp(
      `^data folder ${folder} \\(test\\) is in use by process ${child.pid}: stop that process, or set DATA_FOLDER to another folder .*delete ${folder}/${child.pid}`,
    ),
  );
  await kill(child);
  const unlock = await lockFolder(folder, "test");
  expect(await readdir(folder)).toHaveLength(1);
  await unlock();
  expect(await readdir(folder)).toEqual([]);
});

it("refuses a folder that this process already holds, until it is released", async () => {
  const unlock = await lockFolder(folder, "test");
  await expect(lockFolder(folder, "test")).rejects.toThrow(`in use by process ${process.pid}`);
  await unlock();
  await (await lockFolder(folder, "test"))();
});

it("takes the folder of a crashed process that had the same pid", async () => {
  await writeFile(join(folder, `${process.pid}.00000000-0000-4000-8000-000000000000.lock`), "");
  await (await lockFolder(folder, "test"))();
});

it("lets at most one process take the lock when many start at once next to a stale lock", async () => {
  await kill((await lockElsewhere()).child);
  const starts = await Promise.all(Array.from({ length: 4 }, lockElsewhere));
  expect(starts.filter(({ locked }) => locked).length).toBeLessThanOrEqual(1);
});

it("says how to fix a folder that is a file", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  await expect(lockFolder(file, "store")).rejects.toThrow(
    /\(store\) cannot be opened .*: delete it to start over/,
  );
});
