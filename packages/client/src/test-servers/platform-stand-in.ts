import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Listening, listen } from "./listening.ts";

/** A call that platform-api has received. */
export interface Call {
  readonly procedure: string;
  readonly token: string | undefined;
  readonly input: unknown;
}

/** A reply as it goes over the wire; null closes the connection without a reply. */
export type Reply = { status: number; body: string; headers?: Record<string, string> } | null;
export type Replier = (call: Call) => Reply | Promise<Reply>;

export interface PlatformStandIn {
  readonly url: string;
  readonly calls: Call[];
  /** Sets the next replies, in order. The last one is repeated. */
  replies(...repliers: Replier[]): void;
}

export const USER_ID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

export function identity(fields: object = {}): Replier {
  const atMs = Math.floor(Date.now() / 1_000) * 1_000;
  return data({
    userId: USER_ID,
    email: null,
    source: "auth0",
    clientId: "spa",
    actor: null,
    organizationId: "acme",
    loginId: "jyBsEsSmnWTz8cDpXPRGZWBh1cEMXGYaYMnmcTxVGTw",
    issuedAt: new Date(atMs).toISOString(),
    expiresAt: new Date(atMs + 3_600_000).toISOString(),
    ...fields,
  });
}

/** What `auth.principal` answers about a user. */
export const USER = { kind: "user", userId: USER_ID, organizationId: "acme", clientId: "spa", actor: null };
/** What it answers about a service. */
export const SERVICE = { kind: "service", clientId: "reports", permissions: ["standing"] };

export function data(value: unknown): Replier {
  return () => ({ status: 200, body: JSON.stringify({ result: { data: value } }) });
}

export function refused(httpStatus: number, reason: string, headers: Record<string, string> = {}): Replier {
  const error = { code: -32_000, message: "upstream's own text", data: { code: "X", httpStatus, reason } };
  return () => ({ status: httpStatus, body: JSON.stringify({ error }), headers });
}

/**
 * Runs a server with platform-api's tRPC over real connections for the tests of a file. Each test begins without calls, and
 * with every user an admin everywhere.
 */
export function runPlatformStandIn(): PlatformStandIn {
  const calls: Call[] = [];
  const usual = new Map([
    ["auth.validate", identity()],
    ["auth.principal", data(USER)],
    ["auth.check", data({ allowed: true, role: "admin" })],
  ]);
  const byDefault: Replier = (call) => usual.get(call.procedure)?.(call) ?? null;
  let repliers: Replier[] = [];
  const replies = (...next: Replier[]) => {
    calls.length = 0;
    repliers = next;
  };

  let server: Listening;
  beforeAll(async () => {
    server = await listen(async (request, response) => {
      const call = callOf(request);
      calls.push(call);
      const replier = (repliers.length > 1 ? repliers.shift() : repliers[0]) ?? byDefault;
      send(response, await replier(call));
    });
  });
  beforeEach(() => replies());
  afterAll(() => server.close());
  return {
    get url() {
      return server.url;
    },
    calls,
    replies,
  };
}

function callOf({ url = "", headers, headersDistinct }: IncomingMessage): Call {
  const { pathname, searchParams } = new URL(url, "http://platform.example");
  const input = searchParams.get("input");
  return {
    procedure: pathname.replace("/trpc/", ""),
    token: headersDistinct["x-user-token"]?.join(" and ") ?? headers.authorization,
    input: input === null ? undefined : JSON.parse(input),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === null) {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers }).end(reply.body);
}
