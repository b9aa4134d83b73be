import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Environment } from "@platform-api/platform-api";
import { describe, expect, it, onTestFinished } from "vitest";
import { readMetrics } from "../metrics/page.ts";
import { describeUnless, describeWith } from "../pages/programs.ts";
import { backendVariables } from "../simulator/backend-variables.ts";
import { MAIN, NOWHERE, startProcess, WITHOUT_UPSTREAMS } from "../simulator/served-process.ts";
import { canMount, file, type LogOutput, namedPipe, smallDisk, terminal } from "./log-output.ts";

interface Service {
  readonly name: string;
  readonly environment: Environment;
  readonly command?: readonly string[];
  readonly hasMetrics: boolean;
  /** Node takes a part of a line for all of it, and agentic-backend leaves files to Node. */
  readonly cutByDisk: 0 | 1;
}

const PLATFORM_API: Service = {
  name: "platform-api",
  environment: WITHOUT_UPSTREAMS,
  hasMetrics: true,
  cutByDisk: 0,
};
const AGENTIC_BACKEND: Service = {
  name: "agentic-backend",
  environment: { PORT: "0", ...backendVariables(NOWHERE), RUNS_TABLE: "runs", AWS_REGION: "eu-central-1" },
  command: [fileURLToPath(new URL("../../../apps/agentic-backend/src/main.ts", import.meta.url))],
  hasMetrics: false,
  cutByDisk: 1,
};

/** Requests of one connection at once. */
const PIPELINED = 50;
const HEADERS = `Host: x\r\nX-Request-Id: ${"x".repeat(64)}\r\ntraceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

/** Requests without a pause, over connections that stay open, until they are closed. */
function startLoad(url: string) {
  let answers = 0;
  const refused: string[] = [];
  const sockets = Array.from({ length: 4 }, () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
    const send = () => socket.write(`GET /livez HTTP/1.1\r\n${HEADERS}\r\n\r\n`.repeat(PIPELINED));
    let pending = PIPELINED;
    let rest = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      rest += text;
      const statuses = rest.match(/HTTP\/1\.1 \d+ /g) ?? [];
      const [last = ""] = statuses.slice(-1);
      rest = rest.slice(rest.lastIndexOf(last) + last.length);
      answers += statuses.length;
      refused.push(...statuses.filter((status) => !status.endsWith(" 200 ")));
      pending -= statuses.length;
      if (pending > 0) return;
      pending += PIPELINED;
      send();
    });
    send();
    return socket;
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { answers: () => answers, refused };
}

/** Three times what a pipe and a process without metrics hold of this log. */
const MANY = 8_000;
/** A busy machine answers a few thousand requests in a second. */
const PATIENT = { timeout: 120_000, interval: 50 };
const STOP_MS = 20_000;
const LOST = "platform_api_log_lines_lost_total";

/**
 * Answers go on during a fault, lines after it, and SIGTERM ends the process in a second one.
 * @param cuts how many lines may be cut. A cut line ends before the next one begins
 */
async function endures(service: Service, output: LogOutput, cuts: 0 | 1): Promise<void> {
  const server = await startProcess(service.environment, { ...service, output });
  onTestFinished(() => void server.kill("SIGKILL"));
  const { answers, refused } = startLoad(server.url);
  const goesOn = (count: number) => expect.poll(answers, PATIENT).toBeGreaterThan(answers() + count);
  const lost = async () => (await readMetrics(server.url)).get(LOST);
  await goesOn(100);
  if (service.hasMetrics) expect(await lost()).toBe(0);

  output.fail();
  if (service.hasMetrics) await expect.poll(lost, PATIENT).toBeGreaterThan(1_000);
  else await goesOn(MANY);

  output.repair();
  // The load has no such request.
  const askedAgain = async () => {
    await fetch(`${server.url}/livez`, { method: "PUT" });
    return /"method":"PUT"[^\n]*\n/.test(output.text());
  };
  await expect.poll(askedAgain, PATIENT).toBe(true);
  const lines = output.text().split("\n").slice(0, -1);
  expect(lines.filter((line) => /.\{"level":/.test(line))).toEqual([]);
  expect(lines.filter((line) => line !== "" && !isJson(line)).length).toBeLessThanOrEqual(cuts);

  output.fail();
  await goesOn(1_000);
  expect(refused).toEqual([]);
  server.kill("SIGTERM");
  expect(await Promise.race([server.exit, pause(STOP_MS, "runs")])).toBe(0);
}

it("a file that logrotate truncates goes on with a whole line", async () => {
  const output = file();
  const { url, kill, log } = await startProcess(PLATFORM_API.environment, { output });
  onTestFinished(() => void kill("SIGKILL"));
  output.truncate();
  await fetch(`${url}/livez`);
  await expect.poll(log).toContainEqual(expect.objectContaining({ route: "/livez" }));
});

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === "object";
  } catch {
    return false;
  }
}

const LONG = { timeout: 300_000 };
const READERS = [
  { fault: "reader stops", fail: (reader: Socket) => void reader.pause(), cuts: 0 },
  { fault: "reader dies", fail: (reader: Socket) => void reader.destroy(), cuts: 1 },
] as const;

describeUnless(existsSync("/dev/full") ? null : "there is no /dev/full", "a command's result", () => {
  it.each([
    [
      "a full disk",
      () => openSync("/dev/full", "w"),
      "error: the result could not be written to stdout (ENOSPC)\n",
    ],
    ["a reader that has ended", () => "pipe" as const, ""],
  ])("T8K: goes to %s, and the command ends with what to know", async (_, output, said) => {
    const stdout = output();
    const child = spawn(process.execPath, [MAIN, "help"], { stdio: ["ignore", stdout, "pipe"] });
    child.stdout?.destroy();
    const exit = once(child, "exit");
    expect(child.stderr && (await text(child.stderr))).toBe(said);
    expect(await exit).toEqual([1, null]);
    if (typeof stdout === "number") closeSync(stdout);
  });
});

describe.each([PLATFORM_API, AGENTIC_BACKEND])("$name", (service) => {
  it.each(READERS)("T8K: answers, and ends at SIGTERM, when its log's $fault", LONG, ({ fail, cuts }) =>
    endures(service, namedPipe(fail), cuts),
  );

  describeUnless(canMount() ? null : "run it as root, where a tmpfs can be mounted", "a small disk", () => {
    it("T8K: answers, and ends at SIGTERM, when its log's disk is full", LONG, () =>
      endures(service, smallDisk(), service.cutByDisk),
    );
  });

  describeWith(["python3"], "a terminal", () => {
    it("T8K: answers, and ends at SIGTERM, when its log's terminal stops", LONG, async () =>
      endures(service, await terminal(), 0),
    );
  });
});

describeWith(["python3"], "an output that is read", () => {
  it.each([
    ["file", file],
    ["pipe", () => namedPipe(() => {})],
    ["terminal", terminal],
  ])("a %s has the last line of a start that fails, and of a shutdown", async (_, open) => {
    const output = await open();
    const has = (msg: string) => expect.poll(() => output.text().includes(`"msg":"${msg}"}`)).toBe(true);
    await expect(startProcess({}, { output })).rejects.toThrow("does not listen");
    await has("platform-api cannot serve");
    const { kill, exit } = await startProcess(PLATFORM_API.environment, { output });
    kill("SIGTERM");
    expect(await exit).toBe(0);
    await has("stopped");
  });
});
