import { fork } from "node:child_process";
import { once } from "node:events";
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { lockFile } from "./file-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "leak-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** No process has this number. */
const DEAD = 2 ** 22 + 1;

it("gives a lock to one taker at a time, and takes away none but its own", () => {
  const file = join(folder, "one");
  const release = lockFile(file);
  expect(() => lockFile(file)).toThrow(`process ${process.pid} on ${hostname()} works with`);
  rmSync(`${file}.lock`);
  const another = lockFile(file);
  release();
  expect(() => lockFile(file)).toThrow(/works with/);
  another();
  lockFile(file)();
  expect(readdirSync(folder)).toEqual([]);
});

it("takes over what a process has left that had its own number, and no file of others", () => {
  const file = join(folder, "left");
  writeFileSync(`${file}.lock`, `${process.pid} ${hostname()} an-id`);
  lockFile(file)();
  for (const text of ["", "my notes", `${DEAD} elsewhere an-id`]) {
    writeFileSync(`${file}.lock`, text);
    expect(() => lockFile(file)).toThrow(`delete ${file}.lock`);
    expect(readFileSync(`${file}.lock`, "utf8")).toBe(text);
  }
});

it("locks a file by one name, and none with two", () => {
  const [file, link] = [join(folder, "file"), join(folder, "link")];
  const [second, nowhere] = [join(folder, "second"), join(folder, "nowhere")];
  writeFileSync(file, "");
  symlinkSync(file, link);
  symlinkSync(join(folder, "none"), nowhere);
  const release = lockFile(file);
  expect(() => lockFile(link)).toThrow(/works with/);
  release();
  linkSync(file, second);
  for (const one of [file, link, second]) expect(() => lockFile(one)).toThrow(/hard link.*copy it/);
  expect(() => lockFile(nowhere)).toThrow(/link to nothing/);
  expect(() => lockFile("/dev/null")).toThrow("/dev/null cannot be used: it is a device");
});

/** Each takes what the other has left in the moment before, as if that one had been killed. */
const TAKER = `
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { lockFile } from ${JSON.stringify(new URL("./file-lock.ts", import.meta.url).href)};
const [, , file] = process.argv;
let [both, got] = [0, 0];
process.on("message", () => {
  for (const end = Date.now() + 400; Date.now() < end; ) {
    try { lockFile(file); } catch { continue; }
    got += 1;
    try { closeSync(openSync(file + ".in", "wx")); } catch { both += 1; continue; }
    rmSync(file + ".in");
    writeFileSync(file + ".left", "${DEAD} " + hostname() + " " + got + "-" + process.pid);
    renameSync(file + ".left", file + ".lock");
  }
  process.send({ both, got }, () => process.exit());
});
process.send("ready");
`;

it("gives a lock that a killed process has left to one of two takers", async () => {
  const script = join(folder, "taker.mjs");
  const file = join(folder, "stale");
  writeFileSync(script, TAKER);
  writeFileSync(`${file}.lock`, `${DEAD} ${hostname()} 0`);
  const takers = [fork(script, [file]), fork(script, [file])];
  await Promise.all(takers.map((taker) => once(taker, "message")));
  const results = Promise.all(takers.map(async (taker) => (await once(taker, "message"))[0]));
  for (const taker of takers) taker.send("go");
  const [one, other] = await results;
  expect([one.both, other.both, one.got > 0, other.got > 0]).toEqual([0, 0, true, true]);
});
