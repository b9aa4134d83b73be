import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { DEFAULTS } from "../limits/source.ts";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { startProcess } from "../simulator/served-process.ts";
import { startStack } from "../simulator/stack.ts";

const FILES = readdirSync(join(ROOT, "deploy/systemd"));
const SERVICES = FILES.filter((file) => file.endsWith(".service"));
const SERVERS = ["platform-api@.service", "agentic-backend.service", "platform-events.service"];
const textOf = (file: string) => fileText(`deploy/systemd/${file}`);

/** What a process may do of all that systemd can forbid: talk to the network, and what Node needs. */
const ALLOWED = [
  "PrivateNetwork",
  "IPAddressDeny",
  "RestrictAddressFamilies_AF_INET_INET6",
  "RestrictAddressFamilies_AF_UNIX",
  "MemoryDenyWriteExecute",
  "SystemCallFilter_resources",
  // platform-api has no socket of systemd, so a child of it says that it is alive.
  "NotifyAccess",
  // It sees the machine's programs and processes' common files, which are read-only.
  "RootDirectoryOrRootImage",
  "ProcSubset",
  "DeviceAllow",
];

/** What nothing else proves, because the units do not run in tests. */
it.each(SERVERS)("%s is started again after every failure, and has time to finish its requests", (file) => {
  const unit = textOf(file);
  for (const line of ["Restart=on-failure", "StartLimitIntervalSec=0", "KillSignal=SIGTERM"])
    expect(unit).toContain(`\n${line}\n`);
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
  expect(Number(seconds) * 1_000).toBeGreaterThan(DEFAULTS.SHUTDOWN_DRAIN_MS + 10_000);
  expect(readPage("docs/deploy.md").text).toContain(`SIGTERM, and waits ${seconds} s for requests`);
});

it.each(SERVICES)("T8K: the journal takes every line of %s, however many there are", (file) => {
  expect(textOf(file)).toContain("\nLogRateLimitIntervalSec=0\n");
});

it("platform-api@ takes its ports from the name of the instance, whatever the file of variables says", () => {
  expect(textOf("platform-api@.service")).toMatch(/^ExecStart=\/usr\/bin\/env PORT=%i METRICS_PORT=1%i /m);
});

it("T8M: a platform-api that hangs is killed and started again, by what a child of it says", () => {
  const unit = textOf("platform-api@.service");
  for (const line of ["WatchdogSec=20", "WatchdogSignal=SIGKILL", "NotifyAccess=all", "Restart=on-failure"])
    expect(unit).toContain(`\n${line}\n`);
  expect(unit).toMatch(/^RestrictAddressFamilies=.*\bAF_UNIX\b/m);
});

/** Stands in for systemd: prints the messages that it gets at a socket. */
const LISTENER = `
import socket, sys
notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notifications.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(notifications.recv(4096).decode(), flush=True)
`;

describeWith(["systemd-notify", "python3"], "the watchdog of systemd", () => {
  const folder = folderOfTests("watchdog");

  it("T8M: hears from platform-api every quarter of its time, until the process hangs", {
    timeout: 120_000,
  }, async () => {
    const socket = join(folder, "notify");
    const listener = spawn("python3", ["-c", LISTENER, socket], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void listener.kill("SIGKILL"));
    await once(listener.stdout, "data");
    let messages = "";
    listener.stdout.setEncoding("utf8").on("data", (text) => {
      messages += text;
    });
    const heard = () => messages.match(/^WATCHDOG=1$/gm)?.length ?? 0;
    const stack = await startStack();
    onTestFinished(() => stack.close());
    const watched = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "2000000" };
    const process = await startProcess({ ...stack.environment, ...watched });
    onTestFinished(() => void process.kill("SIGKILL"));
    await expect.poll(heard, { timeout: 60_000 }).toBeGreaterThan(3);
    process.kill("SIGSTOP");
    await sleep(1_000); // a message may be under way
    const before = heard();
    await sleep(3_000);
    expect(heard()).toBe(before);
    process.kill("SIGCONT");
    await expect.poll(heard, { timeout: 60_000 }).toBeGreaterThan(before);
    process.kill("SIGTERM");
    expect(await process.exit).toBe(0);
  });
});

describeWith(["systemd-analyze"], "the units of systemd, by systemd-analyze", () => {
  const folder = folderOfTests("systemd");
  beforeAll(() => {
    mkdirSync(join(folder, "bin"));
    cpSync(process.execPath, join(folder, "bin/node")); // a command that does not exist is a finding
    for (const file of FILES) writeFileSync(join(folder, file), moved(textOf(file)));
  });

  const moved = (unit: string) => unit.replaceAll("/srv/platform", folder);
  const analyze = (...args: string[]) =>
    promisify(execFile)("systemd-analyze", [...args, "--no-pager"], { cwd: folder, encoding: "utf8" });

  it("are valid, without a warning", async () => {
    const instances = FILES.map((file) => file.replace("@.", "@4000."));
    expect(await analyze("verify", "--man=no", ...instances)).toMatchObject({ stdout: "", stderr: "" });
  });

  it("are refused when a setting is misspelt", async () => {
    const file = join(folder, "misspelt.service");
    writeFileSync(file, moved(textOf("agentic-backend.service")).replace("UMask", "Umask"));
    expect((await analyze("verify", "--man=no", file)).stderr).toContain("Umask");
  });

  it.each(SERVICES)("%s may do nothing else that systemd can forbid", async (file) => {
    const { stdout } = await analyze("security", "--offline=yes", "--json=short", file);
    const settings = z.array(z.object({ set: z.boolean(), json_field: z.string() }));
    const open = settings.parse(JSON.parse(stdout)).filter(({ set }) => !set);
    const names = open.map(({ json_field }) => json_field);
    expect(names.filter((name) => !ALLOWED.includes(name))).toEqual([]);
  });
});
