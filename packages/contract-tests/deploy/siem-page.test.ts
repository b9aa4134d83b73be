import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { auditEntry, auditPosition, seenByService, type WholeAudit } from "../../server/src/domain/index.ts";
import { claims } from "../../server/src/domain/testing/people.ts";
import { registerAuditFeedRoute } from "../../server/src/http/rest/audit-feed-route.ts";
import { errorAnswers } from "../../server/src/http/transport/error-answers.ts";
import { sendersFor } from "../../server/src/http/transport/senders.ts";
import { memoryServices } from "../../server/src/trpc/testing/memory-services.ts";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { listen } from "../simulator/free-ports.ts";

const PAGE = readPage("docs/siem.md");
const SECRET = "secret+of&the%siem";
/** The feed of this test waits so long, because its writers store at once. */
const SETTLED_MS = 100;
const FEED_WAITS_MS = 10_000;

/** An audit in memory, and the server that reads it to the service `siem`. */
function startFeed() {
  const entries: ReturnType<typeof seenByService>[] = [];
  const wholeAudit: WholeAudit = {
    async read({ from, to, after, limit }) {
      const asked = entries.filter((each) => {
        const position = auditPosition(each);
        return position >= from && position <= to && (after === null || position > after);
      });
      const found = asked.sort((a, b) => (auditPosition(a) < auditPosition(b) ? -1 : 1)).slice(0, limit);
      const last = found.at(-1);
      return [
        { entries: found, last: last === undefined || found.length < limit ? null : auditPosition(last) },
      ];
    },
  };
  const services = memoryServices({
    serviceClients: new Map([["siem", new Set(["audit"] as const)]]),
    verifier: {
      recall: () => null,
      remember: () => {},
      verify: async (token) => claims({ subject: token, clientId: "siem", connection: null, machine: "gty" }),
    },
  });
  const app = Fastify();
  const { answerError } = errorAnswers(() => {});
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  registerAuditFeedRoute(app, {
    senderOf: sendersFor(services, 0),
    ports: { wholeAudit, now: () => new Date(Date.now() + FEED_WAITS_MS - SETTLED_MS) },
    countService: () => null,
    called: () => {},
  });
  const write = (at = new Date()) => {
    const id = crypto.randomUUID().replaceAll("-", "").padEnd(64, "0");
    const about = { at: at.toISOString(), actor: "system", action: "domain-missing" } as const;
    entries.push(seenByService({ ...auditEntry(about), id }));
  };
  return { app, entries, write };
}

describeWith(["curl", "unshare"], "the line of cron on docs/siem.md", () => {
  const folder = folderOfTests("siem");
  const spool = folderOfTests("siem-spool");
  const { app, entries, write } = startFeed();
  /** Each question for a token. */
  const asked: string[] = [];
  const issuer = createServer(async (request, response) => {
    let form = "";
    for await (const chunk of request) form += String(chunk);
    asked.push(form);
    response.setHeader("content-type", "application/json");
    response.end('{"access_token":"siem@clients","token_type":"Bearer","expires_in":86400}');
  });
  let command: string;

  beforeAll(async () => {
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const values: Record<string, string> = {
      PLATFORM_API_URL: url,
      ISSUER: `http://127.0.0.1:${await listen(issuer)}/`,
      CLIENT_ID: "siem",
      CLIENT_SECRET: `'${SECRET}'`,
      SPOOL: spool,
    };
    const [shown = ""] = PAGE.code("env");
    const lines = shown
      .trim()
      .split("\n")
      .map((line) => line.split("="));
    const environment = lines.map(([name = "", value]) => `${name}=${values[name] ?? value}\n`).join("");
    writeFileSync(join(folder, "read-audit.env"), environment);
    const [, user, line = ""] = /^\* \* \* \* \* (\w+) (.+)\n$/.exec(PAGE.code("cron").join()) ?? [];
    expect(user).toBe("audit");
    command = line
      .replace("/usr/local/bin/", join(ROOT, "deploy/siem/"))
      .replace("/etc/platform-api/", `${folder}/`);
  });
  afterAll(async () => {
    await app.close();
    issuer.closeAllConnections();
    issuer.close();
  });

  /** @param killAfterMs the whole group, as when the machine loses its power */
  async function run(killAfterMs: number | null = null): Promise<{ status: number | null; printed: string }> {
    const shell = spawn("sh", ["-c", command], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const output of [shell.stdout, shell.stderr]) output.on("data", (text) => (printed += String(text)));
    const closed = once(shell, "close");
    if (killAfterMs !== null) {
      await Promise.race([closed, sleep(killAfterMs)]);
      if (shell.exitCode === null) process.kill(-(shell.pid ?? 0), "SIGKILL");
    }
    await closed;
    return { status: shell.exitCode, printed };
  }

  const filesIn = () =>
    readdirSync(spool)
      .filter((name) => /^audit-\d{12}\.ndjson$/.test(name))
      .sort();
  const linesIn = (files: readonly string[]) =>
    files.flatMap((name) => readFileSync(join(spool, name), "utf8").trimEnd().split("\n"));
  const entriesIn = () =>
    linesIn(filesIn())
      .map((line) => JSON.parse(line))
      .filter(({ id }) => id !== undefined);

  it("reads what there is into one file, asks for one token, and then for what is new alone", async () => {
    for (let n = 0; n < 250; n++) write(new Date(Date.now() - 1_000_000 + n));
    expect(await run()).toEqual({ status: 0, printed: "" });
    expect(await run()).toEqual({ status: 0, printed: "" });
    expect(filesIn()).toHaveLength(1);
    expect(entriesIn()).toEqual(entries);
    expect(asked.map((form) => Object.fromEntries(new URLSearchParams(form)))).toEqual([
      {
        grant_type: "client_credentials",
        client_id: "siem",
        client_secret: SECRET,
        audience: "https://api.platform.example",
      },
    ]);
  });

  it("loses nothing and has nothing twice, killed a hundred times at any place while others write", {
    timeout: 300_000,
  }, async () => {
    const beganMs = performance.now();
    await run();
    const usualMs = performance.now() - beganMs;
    const writing = setInterval(write, 3);
    let kills = 0;
    while (kills < 100) {
      const { status } = await run(Math.random() * usualMs * 1.3);
      if (status === null) kills += 1;
    }
    clearInterval(writing);
    await sleep(2 * SETTLED_MS);
    await expect.poll(async () => (await run()).status).toBe(0);
    const written = entries.map(({ id }) => id).sort();
    const read = entriesIn().map(({ id }) => id);
    expect(filesIn().length).toBeGreaterThan(3);
    expect(read.toSorted()).toEqual(written);
  });

  it("keeps what was read where the server fails, and says so", async () => {
    const files = filesIn();
    const environment = join(folder, "read-audit.env");
    const text = readFileSync(environment, "utf8");
    writeFileSync(environment, text.replace(/^PLATFORM_API_URL=.*/m, "PLATFORM_API_URL=http://127.0.0.1:9"));
    const { status, printed } = await run();
    writeFileSync(environment, text);
    expect(status).not.toBe(0);
    expect(printed).toMatch(/^curl: /);
    expect(printed).not.toContain(SECRET);
    expect(filesIn()).toEqual(files);
  });
});

describe("the configurations of shippers", () => {
  const read = <Shape>(file: string, shape: z.ZodType<Shape>): Shape => {
    const text = fileText(`deploy/siem/${file}`);
    expect(text).toMatch(/^# NOT RUN by our tests/);
    return shape.parse(parse(text, { strict: true, uniqueKeys: true }));
  };
  const spool = /^SPOOL=(.+)$/m.exec(PAGE.code("env").join())?.[1];
  const files = `${spool}/audit-*.ndjson`;

  it("let Vector read the files of the spool whole, and nothing but entries go on", () => {
    const { sources, transforms, sinks } = read(
      "vector.yaml",
      z.strictObject({
        data_dir: z.string(),
        sources: z.strictObject({
          spool: z.strictObject({
            type: z.literal("file"),
            include: z.array(z.string()),
            oldest_first: z.literal(true),
            fingerprint: z.strictObject({ strategy: z.literal("checksum") }),
          }),
        }),
        transforms: z.strictObject({
          entries: z.strictObject({
            type: z.literal("remap"),
            inputs: z.array(z.string()),
            source: z.string(),
            drop_on_abort: z.literal(true),
          }),
        }),
        sinks: z.record(z.string(), z.looseObject({ type: z.string(), inputs: z.array(z.string()) })),
      }),
    );
    expect(sources.spool.include).toEqual([files]);
    expect(transforms.entries.inputs).toEqual(Object.keys(sources));
    expect(transforms.entries.source).toContain("if !exists(.id) { abort }");
    for (const { inputs } of Object.values(sinks)) expect(inputs).toEqual(Object.keys(transforms));
  });

  it("let Fluent Bit read the same, with the time of the entry", () => {
    const plugins = z.array(z.looseObject({ name: z.string() }));
    const { parsers, pipeline } = read(
      "fluent-bit.yaml",
      z.strictObject({
        service: z.looseObject({}),
        parsers: z.tuple([
          z.looseObject({ name: z.string(), format: z.literal("json"), time_key: z.literal("at") }),
        ]),
        pipeline: z.strictObject({ inputs: plugins, filters: plugins, outputs: plugins }),
      }),
    );
    const { inputs, filters, outputs } = pipeline;
    const [{ name: parser }] = parsers;
    expect(inputs).toMatchObject([
      {
        name: "tail",
        path: files,
        parser,
        read_from_head: true,
        db: expect.any(String),
        "db.compare_filename": true,
      },
    ]);
    expect(filters).toMatchObject([{ name: "grep", regex: "id ." }]);
    const tags = [...filters, ...outputs].map(({ match }) => match);
    expect(new Set(tags)).toEqual(new Set(inputs.map(({ tag }) => tag)));
  });
});
