import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { DEFAULTS } from "../limits/source.ts";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../platform/folder-of-tests.ts";

const FILES = readdirSync(join(ROOT, "deploy/systemd"));
const SERVICES = FILES.filter((file) => file.endsWith(".service"));
const SERVERS = ["platform-api@.service", "agentic-backend.service"];
const textOf = (file: string) => fileText(`deploy/systemd/${file}`);

/** What a process may do of all that systemd can forbid: talk to the network, and what Node needs. */
const ALLOWED = [
  ...["PrivateNetwork", "IPAddressDeny", "RestrictAddressFamilies_AF_INET_INET6"],
  ...["RestrictAddressFamilies_AF_UNIX", "MemoryDenyWriteExecute", "SystemCallFilter_resources"],
  // It sees the machine's programs and processes' common files, which are read-only.
  ...["RootDirectoryOrRootImage", "ProcSubset", "DeviceAllow"],
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

it("platform-api@ takes its ports from the name of the instance, whatever the file of variables says", () => {
  expect(textOf("platform-api@.service")).toMatch(/^ExecStart=\/usr\/bin\/env PORT=%i METRICS_PORT=1%i /m);
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
