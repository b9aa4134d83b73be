import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readServerConfig } from "@platform-api/platform-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCi } from "../postgres/config.ts";
import { PAGE } from "./page.ts";

const UNITS = fileURLToPath(new URL("../../../deploy/systemd/", import.meta.url));
const FILES = readdirSync(UNITS);
const SERVICES = FILES.filter((file) => file.endsWith(".service"));
const HOME = "/srv/platform";
const ANALYZE = "/usr/bin/systemd-analyze";
const SERVERS = ["platform-api@.service", "agentic-backend.service"];
/** What is switched on for every process. */
const ON = [
  ...["DynamicUser", "NoNewPrivileges", "ProtectHome", "PrivateTmp"],
  ...["PrivateDevices", "PrivateUsers", "ProtectClock", "ProtectControlGroups"],
  ...["ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables"],
  ...["RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"],
];
/** What a process may do. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(ON.map((name) => [name, ["yes"]])),
  CapabilityBoundingSet: [""],
  UMask: ["0077"],
  ProtectSystem: ["strict"],
  ProtectProc: ["invisible"],
  RestrictAddressFamilies: ["AF_INET AF_INET6 AF_UNIX"],
  SystemCallArchitectures: ["native"],
  SystemCallFilter: ["@system-service", "~@privileged"],
  SystemCallErrorNumber: ["EPERM"],
  // V8 cannot run without it.
  MemoryDenyWriteExecute: ["no"],
};
const run = promisify(execFile);
const textOf = (file: string) => readFileSync(join(UNITS, file), "utf8");

/** The values of a setting, in the order of the file. */
function settings(file: string, name: string): string[] {
  return [...textOf(file).matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);
}

describe("the units of systemd", () => {
  it("are all on the page", () => {
    expect(FILES).toHaveLength(4);
    for (const file of FILES) expect(PAGE).toContain(`../deploy/systemd/${file}`);
  });

  it.each(SERVICES)("%s has no right that it does not need", (file) => {
    for (const [name, values] of Object.entries(RIGHTS)) expect(settings(file, name), name).toEqual(values);
  });

  it.each(SERVICES)("%s starts again after a failure, and not after it was stopped", (file) => {
    const [seconds, interval, burst] = SERVERS.includes(file) ? ["2", "0"] : ["15min", "6h", "4"];
    const expected = { Restart: "on-failure", RestartSec: seconds, StartLimitIntervalSec: interval };
    for (const [name, value] of Object.entries(expected)) expect(settings(file, name), name).toEqual([value]);
    expect(settings(file, "StartLimitBurst")).toEqual(burst === undefined ? [] : [burst]);
  });

  it.each(SERVERS)("%s may finish its requests", (file) => {
    const drainMs = readServerConfig({ ...REQUIRED }).SHUTDOWN_DRAIN_MS;
    const [seconds = ""] = settings(file, "TimeoutStopSec");
    expect(settings(file, "KillSignal")).toEqual(["SIGTERM"]);
    expect(Number(seconds) * 1_000).toBeGreaterThan(drainMs + 10_000);
    expect(PAGE).toContain(`\`systemctl stop\` sends SIGTERM, and waits ${seconds} s for requests`);
  });

  it("take the port of platform-api from the name of the instance, whatever the file of variables says", () => {
    const [command = ""] = settings("platform-api@.service", "ExecStart");
    expect(command).toMatch(/^\/usr\/bin\/env PORT=%i METRICS_PORT=1%i /);
  });
});

/** The least that platform-api starts with. */
const REQUIRED = {
  AUTH0_ISSUER: "https://login.example/",
  AUTH0_AUDIENCE: "https://platform-api.example",
  AUTH0_CLAIM_NAMESPACE: "https://platform-api.example/",
  CLJ_PG_WRAPPER_URL: "https://directory.example",
  CLJ_PG_WRAPPER_TOKEN: "token",
  DYNAMODB_TABLE: "platform-api",
  AWS_REGION: "eu-central-1",
};

describe.skipIf(!existsSync(ANALYZE) && !isCi)("the units of systemd, by systemd-analyze", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "systemd-"));
    mkdirSync(join(folder, "bin"));
    cpSync(process.execPath, join(folder, "bin/node")); // a command that does not exist is a finding
    for (const file of FILES) writeFileSync(join(folder, file), textOf(file).replaceAll(HOME, folder));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const analyze = (...args: string[]) =>
    run(ANALYZE, [...args, "--no-pager"], { cwd: folder, encoding: "utf8" });
  const instances = FILES.map((file) => file.replace("@.", "@4000."));

  it("are valid, without a warning", async () => {
    expect(await analyze("verify", "--man=no", ...instances)).toMatchObject({ stdout: "", stderr: "" });
  });

  it("are refused when a setting is misspelt", async () => {
    const file = join(folder, "misspelt.service");
    writeFileSync(file, textOf("agentic-backend.service").replaceAll(HOME, folder).replace("UMask", "Umask"));
    expect((await analyze("verify", "--man=no", file)).stderr).toContain("Umask");
  });

  it.each(SERVICES)("%s is exposed as little as systemd calls OK", async (file) => {
    const { stdout } = await analyze("security", "--offline=yes", "--threshold=15", file);
    expect(stdout).toContain("Overall exposure level");
  });
});
