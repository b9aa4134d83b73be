import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";

/** Where a process writes its log, and a fault of it. */
export interface LogOutput {
  readonly fd: number;
  /** What was read so far. */
  text(): string;
  fail(): void;
  repair(): void;
}

/** A folder that is removed after the test. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A disk of this size, which is removed after the test. @returns its folder */
export function mountDisk(size: string): string {
  const disk = newFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk], { stdio: "pipe" });
  onTestFinished(() => void execFileSync("umount", ["-l", disk]));
  return disk;
}

/** A file on a disk of 16 MiB that another file can fill. */
export function smallDisk(): LogOutput {
  const disk = mountDisk("16m");
  const file = join(disk, "log");
  const fd = openSync(file, "a");
  onTestFinished(() => closeSync(fd));
  return {
    fd,
    text: () => readFileSync(file, "utf8"),
    fail: () => expect(() => writeFileSync(join(disk, "filler"), Buffer.alloc(16 << 20))).toThrow("ENOSPC"),
    repair: () => rmSync(join(disk, "filler")),
  };
}

/** A named pipe, whose reader can come back. */
export function namedPipe(fail: (reader: Socket) => void): LogOutput {
  const name = join(newFolder(), "log");
  execFileSync("mkfifo", [name]);
  let text = "";
  const open = () => {
    const fd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false }).setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
  };
  let reader = open();
  const fd = openSync(name, "w");
  onTestFinished(() => {
    closeSync(fd);
    reader.destroy();
  });
  return {
    fd,
    text: () => text,
    fail: () => fail(reader),
    repair: () => {
      reader = reader.destroyed ? open() : reader.resume();
    },
  };
}

/** Copies a terminal to its output, and prints the terminal's name before. */
const TERMINAL = `
import os, pty
reader, terminal = pty.openpty()
os.write(1, (os.ttyname(terminal) + "\\n").encode())
while True:
    os.write(1, os.read(reader, 65536))
`;

/** A terminal that is stopped as by Ctrl+S. */
export async function terminal(): Promise<LogOutput> {
  const reader = spawn("python3", ["-c", TERMINAL], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void reader.kill("SIGKILL"));
  let text = "";
  reader.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  await expect.poll(() => text).toContain("\n");
  const [name = ""] = text.split("\n");
  text = "";
  const fd = openSync(name, constants.O_WRONLY | constants.O_NOCTTY);
  onTestFinished(() => closeSync(fd));
  return {
    fd,
    text: () => text,
    fail: () => void reader.kill("SIGSTOP"),
    repair: () => void reader.kill("SIGCONT"),
  };
}

export function file() {
  const name = join(newFolder(), "log");
  const fd = openSync(name, "a");
  onTestFinished(() => closeSync(fd));
  return { fd, text: () => readFileSync(name, "utf8"), truncate: () => truncateSync(name) };
}

/** Whether {@link mountDisk} works here. */
export function canMount(): boolean {
  const disk = mkdtempSync(join(tmpdir(), "disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", disk], { stdio: "pipe" });
    execFileSync("umount", [disk]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(disk, { recursive: true });
  }
}
