import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AuditEntry,
  auditEntry,
  auditPosition,
  Refusal,
  type ServicePermission,
  seenByService,
  type WholeAuditEntry,
} from "../../domain/index.ts";
import { memoryPorts, NOW } from "../../domain/testing/memory-ports.ts";
import { ACME, claims, GLOBEX } from "../../domain/testing/people.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { errorAnswers } from "../transport/error-answers.ts";
import { sendersFor } from "../transport/senders.ts";
import { registerAuditFeedRoute } from "./audit-feed-route.ts";

/** Each of them with tokens of its own name. A person who uses its application is not a service. */
const SERVICES = new Map<string, ReadonlySet<ServicePermission>>([
  ["siem", new Set(["audit"])],
  ["proxy", new Set(["introspect"])],
]);

let app: FastifyInstance;
let url: string;
let entries: WholeAuditEntry[];
let reads: string[];
let readPage: (number: number) => void;

function entry(number: number, about: Partial<AuditEntry> = {}): WholeAuditEntry {
  const at = new Date(Date.parse(NOW) - 3_600_000 + number).toISOString();
  const organizationId = [ACME, GLOBEX, null][number % 3] ?? null;
  const made = auditEntry({ at, actor: "system", action: "domain-missing", organizationId, ...about });
  return seenByService({ ...made, id: number.toString(16).padStart(64, "0") });
}

beforeEach(async () => {
  entries = Array.from({ length: 250 }, (_, number) => entry(number));
  reads = [];
  readPage = () => {};
  let pages = 0;
  const services = memoryServices({
    serviceClients: SERVICES,
    verifier: {
      recall: () => null,
      remember: () => {},
      async verify(token) {
        if (token === "person") return claims({ clientId: "siem" });
        if (token === "forged") throw new Refusal("TOKEN_INVALID", "not one of this test");
        return claims({ subject: `${token}@clients`, clientId: token, connection: null, machine: "gty" });
      },
    },
  });
  const wholeAudit = {
    async read({
      from,
      to,
      after,
      limit,
    }: {
      from: string;
      to: string;
      after: string | null;
      limit: number;
    }) {
      readPage(++pages);
      const isAsked = (each: WholeAuditEntry) => auditPosition(each) >= from && auditPosition(each) <= to;
      const begin = entries.findIndex(
        (each) => isAsked(each) && (after === null || auditPosition(each) > after),
      );
      const found = begin < 0 ? [] : entries.slice(begin, begin + limit).filter(isAsked);
      const last = found.at(-1);
      return [
        { entries: found, last: last === undefined || last === entries.at(-1) ? null : auditPosition(last) },
      ];
    },
  };
  app = Fastify();
  const { answerError } = errorAnswers(() => {});
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  registerAuditFeedRoute(app, {
    senderOf: sendersFor(services, 0),
    ports: { wholeAudit, now: memoryPorts().now },
    countService: (key) => (reads.push(key) > 20 ? 7 : null),
    called: () => {},
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  app.server.closeAllConnections();
  await app.close();
});

const ask = (query = "", token = "siem", method = "GET") =>
  fetch(`${url}/audit.ndjson${query}`, { method, headers: { authorization: `Bearer ${token}` } });

async function linesOf(answer: Response) {
  const lines = (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { nextCursor, ...others } = lines.pop();
  expect(others).toEqual({});
  return { entries: lines, nextCursor };
}

describe("/audit.ndjson", () => {
  it("has the entries of all organizations, oldest first, and a cursor that goes on behind them", async () => {
    const answer = await ask("?order=oldest&cursor=&since=2026-11-24T00:00:00Z");
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const { entries: found, nextCursor } = await linesOf(answer);
    expect(found).toEqual(entries);
    expect(await linesOf(await ask(`?cursor=${nextCursor}`))).toEqual({ entries: [], nextCursor });
    entries.push(entry(1_000), entry(1_001));
    const next = await linesOf(await ask(`?cursor=${nextCursor}`));
    expect(next.entries).toEqual(entries.slice(250));
    expect(next.nextCursor).not.toBe(nextCursor);
    expect(reads).toEqual(Array(3).fill("audit siem")); // however many pages they had
  });

  it("ends after 10,000 lines at most, and goes on there", async () => {
    entries = Array.from({ length: 10_150 }, (_, number) => entry(number));
    const first = await linesOf(await ask());
    const second = await linesOf(await ask(`?cursor=${first.nextCursor}`));
    expect(first.entries.length).toBe(10_000);
    const found: WholeAuditEntry[] = [...first.entries, ...second.entries];
    expect(found.map(({ id }) => id).join()).toBe(entries.map(({ id }) => id).join());
  });

  it("breaks off without a cursor where a page behind the first cannot be read", async () => {
    readPage = (number) => {
      if (number === 12) throw new Refusal("STORE_UNAVAILABLE", "an outage");
    };
    const answer = await ask();
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it.each([
    ["a forged token", "forged", 401, "TOKEN_INVALID"],
    ["a person, though through the service's application", "person", 403, "CLIENT_NOT_ALLOWED"],
    ["a machine that is not listed", "unlisted", 403, "CLIENT_NOT_ALLOWED"],
    ["a service without the permission", "proxy", 403, "ROLE_REQUIRED"],
  ])("is refused to %s", async (_, token, status, reason) => {
    const answer = await ask("?order=newest", token);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { reason } });
    expect(reads).toEqual([]);
  });

  it.each([
    "?order=newest",
    "?limit=5",
    "?organizationId=acme",
    "?since=yesterday",
    "?cursor=x",
    "?cursor=a&cursor=b",
  ])("does not take %s", async (query) => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { reason: "INPUT_INVALID" } });
  });

  it("is counted as a call of the service, and reads for HEAD one page", async () => {
    let pages = 0;
    readPage = () => {
      pages += 1;
    };
    const answer = await ask("?since=2026-11-01T00:00:00Z", "siem", "HEAD");
    expect([answer.status, answer.headers.get("content-type"), pages]).toEqual([
      200,
      "application/x-ndjson; charset=utf-8",
      1,
    ]);
    reads = Array(20).fill("audit siem");
    expect((await ask()).status).toBe(429);
  });
});
