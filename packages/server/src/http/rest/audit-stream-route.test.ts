import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditPosition, type OrganizationAuditEntry, Refusal } from "../../domain/index.ts";
import { membership, memoryPorts, NOW, signedIn } from "../../domain/testing/memory-ports.ts";
import { claims, JOE, link } from "../../domain/testing/people.ts";
import { memoryServices } from "../../trpc/testing/memory-services.ts";
import { boundConnections } from "../limits/connection-bounds.ts";
import { contextsFor } from "../transport/contexts.ts";
import { errorAnswers } from "../transport/error-answers.ts";
import { sendersFor } from "../transport/senders.ts";
import { registerAuditStreamRoute } from "./audit-stream-route.ts";

const PATH = "/organizations/acme/audit.ndjson";
const POLL = { interval: 5, timeout: 10_000 };
/** A page of these is more than the kernel buffers for a client that does not read. */
const LONG_NAME = "x".repeat(200_000);
const ENTRIES = 250;

/** Two admins of Acme. */
const SUBJECTS = new Map([
  ["jane", "waad|jane"],
  ["joe", "waad|joe"],
]);

let app: FastifyInstance;
let url: string;
let clients: Socket[] = [];
/** How many pages were read, and how many reads have begun. */
let pages: number;
let readPage: () => Promise<void>;
/** How many reads of an administrator were counted. */
let reads: number;
let counts: ReturnType<typeof boundConnections>;

function entry(number: number): OrganizationAuditEntry {
  return {
    id: number.toString(16).padStart(64, "0"),
    at: new Date(Date.parse(NOW) - 1_000 * number).toISOString(),
    actor: "system",
    via: null,
    action: "organization-updated",
    userId: null,
    connection: null,
    domain: null,
    rule: null,
    invitationId: null,
    batchId: null,
    before: null,
    after: { name: LONG_NAME },
  };
}

beforeEach(async () => {
  pages = 0;
  reads = 0;
  readPage = async () => {};
  const entries = Array.from({ length: ENTRIES }, (_, number) => entry(number));
  const ports = memoryPorts();
  ports.memberships.put(membership({ role: "admin" }), membership({ userId: JOE, role: "admin" }));
  await signedIn(ports, { subject: "waad|jane" });
  await ports.identities.create(link({ subject: "waad|joe", userId: JOE }));
  const administration: typeof ports.administration = {
    ...ports.administration,
    organizationAudit: {
      async read({ after, limit }) {
        pages += 1;
        await readPage();
        const from = entries.findIndex((each) => auditPosition(each) === after) + 1;
        const found = entries.slice(from, from + limit);
        const last = found.at(-1);
        const isEnd = last === undefined || last === entries.at(-1);
        return [{ entries: found, last: isEnd ? null : auditPosition(last) }];
      },
    },
  };
  const verifier: Parameters<typeof memoryServices>[0] = {
    administration,
    rateLimits: {
      ...memoryServices().rateLimits,
      reads() {
        reads += 1;
        return null;
      },
    },
    verifier: {
      recall: () => null,
      remember: () => {},
      async verify(token) {
        const subject = SUBJECTS.get(token);
        if (subject === undefined) throw new Refusal("TOKEN_INVALID", "not one of this test");
        return claims({ subject });
      },
    },
  };
  const { answerError } = errorAnswers(() => {});
  app = Fastify();
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  counts = boundConnections(app);
  const services = memoryServices(verifier, ports);
  registerAuditStreamRoute(app, contextsFor(services, sendersFor(services, 0)), () => {});
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  app.server.closeAllConnections();
  await app.close();
});

/** The answer when its headers are there. Nothing else is read. */
const ask = (token = "jane", method = "GET") =>
  fetch(url + PATH, { method, headers: { "x-user-token": token } });

function client(requests: number): Socket {
  const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
  clients.push(socket);
  socket.pause().write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nX-User-Token: jane\r\n\r\n`.repeat(requests));
  return socket;
}

describe("T8H: exports of the audit that nobody reads", () => {
  it("are at most two of one person; more are refused as 429, and none of another person", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask()));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(refused).toHaveLength(28);
    for (const answer of refused) {
      expect(answer.headers.get("retry-after")).toBe("10");
      expect(await answer.text()).toContain('"RATE_LIMITED"');
    }
    expect((await ask("joe")).status).toBe(200);
    await answers.find(({ status }) => status === 200)?.body?.cancel();
    await expect.poll(async () => (await ask()).status, POLL).toBe(200);
  });

  it("have one page each in memory: the next is read when that one was taken", async () => {
    const answer = await ask();
    await sleep(200); // a page would be read within this time
    expect(pages).toBe(1);
    const lines = (await answer.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(
      Array.from({ length: ENTRIES }, (_, number) => entry(number).id),
    );
    expect(pages).toBe(Math.ceil(ENTRIES / 100));
    expect(reads).toBe(1); // however many pages it has
  });

  it.each([
    ["an export", 1],
    ["pipelined exports", 2],
  ])("take no place when their client has hung up: %s", async (_, requests) => {
    const socket = client(requests);
    await expect.poll(() => counts.all(), POLL).toBe(requests);
    await expect.poll(() => pages, POLL).toBe(requests);
    socket.destroy();
    await expect.poll(() => counts.all(), POLL).toBe(0);
    for (const answer of [await ask(), await ask()]) expect(answer.status).toBe(200);
  });

  it("take no place when their client hangs up before the first page", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    readPage = () => released;
    const sockets = [client(1), client(2)];
    await expect.poll(() => pages, POLL).toBe(3);
    const closed = sockets.map((socket) => once(socket, "close"));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    await expect.poll(() => counts.all(), POLL).toBe(0);
    release();
    for (const answer of [await ask(), await ask()]) expect(answer.status).toBe(200);
  });

  it("are not made for HEAD, which reads one page", async () => {
    const answer = await ask("jane", "HEAD");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      "application/x-ndjson; charset=utf-8",
    ]);
    await sleep(200);
    expect(pages).toBe(1);
    expect((await ask("nobody", "HEAD")).status).toBe(401);
  });
});
