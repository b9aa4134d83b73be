import { startUserDirectory } from "@platform-api/dev/user-directory";
import { afterEach, describe, expect, it } from "vitest";
import { fileText, readPage } from "../pages/page.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { runCommand } from "../simulator/stack.ts";
import { type Answer, type PlantedFault, SERVICE_TOKEN, startFaultyDirectory } from "./faulty-directory.ts";
import { FAULTS, NEW, NOTED, records, WRITE } from "./planted-faults.ts";

const WIRE = fileText("packages/clj-client/src/wire.ts").split("\n");

let close = () => {};
afterEach(() => close());

async function start(fault: PlantedFault = {}) {
  const directory = await startFaultyDirectory(fault);
  directory.users.set("jane@acme.example", {
    id: "0f4a7a52-6d2c-4d6b-9d1e-3a5f0c9b8e71",
    email: "Jane@acme.example",
    email_verified: true,
  });
  close = directory.close;
  return directory;
}

/** Limits that a busy machine keeps; a row about latency sets its own. */
const LIMITS = { DIRECTORY_ATTEMPT_MS: "4000", DIRECTORY_DEADLINE_MS: "5000" };

async function check(url: string, args: readonly string[] = [], settings: Record<string, string> = {}) {
  const env = { CLJ_PG_WRAPPER_URL: url, CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN, ...LIMITS, ...settings };
  const { status, output } = await runCommand(env, ["directory", "check", ...args]);
  expect(output).not.toContain(SERVICE_TOKEN);
  const lines = output.split("\n");
  const starting = (mark: string) =>
    lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2).replaceAll(/ {2,}/g, ": "));
  return { status, output, differences: starting("✗"), notes: starting("!"), skipped: starting("–") };
}

describe("directory check", () => {
  it("finds nothing wrong with a correct directory, and writes nothing", async () => {
    const { url, writes } = await start();
    const result = await check(url);
    expect(result).toMatchObject({ status: 0, differences: [], notes: [] });
    expect(result.skipped.map((line) => line.split(":")[0])).toEqual(["user", "ensure", "by-email"]);
    expect(await check(url, ["--read", "JANE@acme.example"])).toMatchObject({ status: 0, differences: [] });
    expect(writes).toEqual([]);
  });

  it("says what it writes before it does, and writes only that user", async () => {
    const { url, writes, users } = await start();
    const { status, output, differences, notes } = await check(url, ["--write", NEW]);
    expect({ status, differences, notes }).toEqual({ status: 0, differences: [], notes: [] });
    expect(output).toMatch(
      /^This creates the user new@acme\.example in the directory at .* Nothing is deleted/,
    );
    expect(new Set(writes)).toEqual(new Set([NEW, NEW.toUpperCase()]));
    expect(users.size).toBe(2);
    const again = await check(url, ["--write", NEW]);
    expect(again).toMatchObject({ status: 0, notes: [expect.stringMatching(/^created: the user existed/)] });
  });

  it("prints JSON, with the announcement of its writes beside it", async () => {
    const { url } = await start({ answer: ({ body }) => ({ status: 410, body }) });
    const { output } = await check(url, ["--json"]);
    const [json = ""] = output.split("\n");
    expect(JSON.parse(json)).toMatchObject({
      url,
      differences: 2,
      findings: expect.arrayContaining([
        {
          check: "unknown address",
          result: "differs",
          saw: "answers 410 to an address that no user has",
          expected: "404",
          fix: expect.stringContaining("wire.ts:"),
        },
      ]),
    });
  });

  it("prints JSON without control characters", async () => {
    const { url } = await start(records((record) => ({ ...record, "\u009b2J\u202e": 1 })));
    const { status, output } = await check(url, ["--read", "jane@acme.example", "--json"]);
    expect(status).toBe(0);
    expect(output).not.toMatch(/[\p{Cc}\p{Cf}](?!$)/u);
    expect(JSON.parse(output).findings).toContainEqual({
      check: "user",
      result: "ok",
      saw: "200 with id, email, email_verified, \\u{9b}2J\\u{202e}",
    });
  });

  it.each([
    [["--write", "jane"], /^error: --write: "jane" is not an e-mail address\n$/],
    [["--read", "nope\u001b[2J"], /^error: --read: "nope\\u\{1b\}\[2J" is not an e-mail address\n$/],
    [["--read"], /argument missing/],
    [["now"], /too many arguments/],
  ])("exits 2 for %j, without a request", async (args, output) => {
    const { status, output: printed } = await check("http://127.0.0.1:1", args);
    expect(printed).toMatch(output);
    expect(status).toBe(2);
  });

  it("needs no variable but the directory's own", async () => {
    const { status, output } = await runCommand({}, ["directory", "check"]);
    expect({ status, output }).toEqual({
      status: 1,
      output:
        "error: wrong configuration:\n  CLJ_PG_WRAPPER_URL is missing\n  CLJ_PG_WRAPPER_TOKEN is missing\n",
    });
  });
});

describe("directory check", () => {
  it.each(Object.entries(FAULTS))("finds %s", async (_, [fault, args, expected, line, also = /^/]) => {
    const { url } = await start(fault);
    const { status, output, differences } = await check(url, args);
    expect(differences).toEqual(
      expected.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
    );
    const named = [...output.matchAll(/packages\/clj-client\/src\/wire\.ts:(\d+)/g)].map(
      ([, number]) => WIRE[Number(number) - 1],
    );
    if (line === undefined) expect(named).toEqual([]);
    else expect(named).toContainEqual(expect.stringContaining(line));
    expect(status).toBe(1);
    expect(output).toMatch(also);
    expect(output).toMatch(/\nerror: the directory differs from the contract in (one point|\d points)\n$/);
  });

  it.each([
    ["slower than an attempt", 150, 20_000, /^latency: the slowest of \d replies took \d+ ms$/],
    [
      "that never answers",
      60_000,
      100,
      /^connection: http:\/\/127\.0\.0\.1:\d+: no complete reply within 400 ms$/,
    ],
  ])("finds a directory %s", async (_, delayMs, deadlineMs, expected) => {
    const answer = async (it: Answer) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
      return it;
    };
    const { url } = await start({ answer });
    const limits = { DIRECTORY_ATTEMPT_MS: "100", DIRECTORY_DEADLINE_MS: String(deadlineMs) };
    const { status, differences } = await check(url, [], limits);
    expect({ status, differences }).toEqual({ status: 1, differences: [expect.stringMatching(expected)] });
  });

  it("finds an address at which nothing listens, with its cause", async () => {
    const [port] = await freePorts(1);
    const { status, differences } = await check(`http://127.0.0.1:${port}`);
    expect({ status, differences }).toEqual({
      status: 1,
      differences: [
        `connection: http://127.0.0.1:${port} is unreachable: nothing listens there (ECONNREFUSED)`,
      ],
    });
  });

  it("finds a server that does not speak TLS", async () => {
    const { url } = await start();
    const { differences, output } = await check(url.replace("http:", "https:"));
    expect(differences).toEqual([expect.stringMatching(/is unreachable: it does not speak TLS \(/)]);
    expect(output).toMatch(/to fix: +CLJ_PG_WRAPPER_URL: http:\/\/ instead of https:\/\//);
  });

  it.each(NOTED)("finds what works and is worth a note: %s", async (_, fault, args, note) => {
    const { url } = await start(fault);
    const { status, differences, notes } = await check(url, args);
    expect({ status, differences }).toEqual({ status: 0, differences: [] });
    expect(notes).toEqual([expect.stringContaining(note)]);
  });
});

it("directory check tells an empty directory from a missing path by what another token gets", async () => {
  const { url } = await start({
    answer: (answer, { path }) =>
      answer.status === 404 || !path.startsWith("/admin/user/") ? { status: 404, body: {} } : answer,
  });
  expect(await check(url)).toMatchObject({ status: 0, differences: [], notes: [] });
});

// The stand-in has a database of its own, which a busy machine starts late.
it("directory check accepts the stand-in, and not a wrong base path of it", {
  timeout: 120_000,
}, async () => {
  const directory = await startUserDirectory({ host: "127.0.0.1", port: 0, token: SERVICE_TOKEN });
  close = () => void directory.close();
  for (const args of [[], WRITE, WRITE, ["--read", NEW]]) {
    expect(await check(directory.url, args)).toMatchObject({
      status: 0,
      differences: [],
      notes: expect.not.arrayContaining([expect.stringContaining("path")]),
    });
    const wrong = await check(`${directory.url}/api`, args);
    expect(wrong).toMatchObject({ status: 1, differences: [expect.stringMatching(/^path: /)] });
  }
});

describe("docs/connect-your-user-directory.md", () => {
  const { prompts } = readPage("docs/connect-your-user-directory.md");
  const faultOfThePage = records(({ id, email_verified, ...rest }) => ({
    id: `{${id}}`,
    ...rest,
    emailVerified: email_verified,
  }));

  it.each(prompts.map(({ command, shown }) => [command, shown]))(
    "shows what `%s` prints",
    async (command, sample) => {
      const { url } = await start(sample.includes("✗") ? faultOfThePage : {});
      const [, , , ...args] = command.split(" ");
      // The page has the usual limit, which a busy machine does not keep.
      const { output } = await check(url, args);
      const usual = output.replaceAll(`ends after ${LIMITS.DIRECTORY_ATTEMPT_MS} ms`, "ends after 800 ms");
      const comparable = (text: string) => text.replaceAll(/took \d+ ms|wire\.ts:\d+/g, "");
      expect(comparable(usual.replaceAll(url, "https://clj-pg-wrapper.internal.example"))).toBe(
        comparable(sample),
      );
    },
  );

  it("has the three samples", () => expect(prompts).toHaveLength(3));
});
