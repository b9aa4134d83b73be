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

/** Another process that takes the lock and keeps it; says whether it got it. */
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

it("refuses a folder that another process holds, says who holds it, and takes it once that one has crashed", async () => {
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

it("refuses a folder that this process holds already, until it is given free", async () => {
  const unlock = await lockFolder(folder, "test");
  await expect(lockFolder(folder, "test")).rejects.toThrow(`in use by process ${process.pid}`);
  await unlock();
  await (await lockFolder(folder, "test"))();
});

it("takes the folder of a crashed process whose pid is now its own", async () => {
  await writeFile(join(folder, `${process.pid}.00000000-0000-4000-8000-000000000000.lock`), "");
  await (await lockFolder(folder, "test"))();
});

it("lets one go on at most when many start at once beside a stale lock", async () => {
  await kill((await lockElsewhere()).child);
  const starts = await Promise.all(Array.from({ length: 4 }, lockElsewhere));
  expect(starts.filter(({ locked }) => locked).length).toBeLessThanOrEqual(1);
});

it("names the cure of a folder that is a file", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  await expect(lockFolder(file, "store")).rejects.toThrow(
    /\(store\) cannot be opened .*: delete it to begin anew/,
  );
});
