import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../simulator/free-ports.ts";

export const SERVICE_TOKEN = "canary-service-token";

export interface Answer {
  readonly status: number;
  /** An object or null is sent as JSON, a string or a stream as it is. */
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly isAuthorized: boolean;
}

/** What a directory does wrong; nothing of it is a correct directory. */
export interface PlantedFault {
  /** The addresses with one key are one user. */
  readonly key?: (email: string) => string;
  /** Another key, for ensure alone. */
  readonly ensureKey?: (email: string) => string;
  /** How long it looks before it creates: another call may create meanwhile. */
  readonly raceMs?: number;
  readonly ignoresToken?: boolean;
  /** Changes an answer, or never gives one. */
  readonly answer?: (answer: Answer, request: Request) => Answer | Promise<Answer>;
}

/** A user directory that keeps the contract, apart from one fault. */
export async function startFaultyDirectory(fault: PlantedFault) {
  const {
    key = (email) => email.toLowerCase(),
    ensureKey = key,
    raceMs = 0,
    ignoresToken = false,
    answer = (it) => it,
  } = fault;
  const users = new Map<string, { id: string; email: string; email_verified: boolean }>();
  const writes: string[] = [];

  async function ensure(email: string): Promise<Answer> {
    writes.push(email);
    const found = users.get(ensureKey(email));
    if (found !== undefined) return { status: 200, body: { ...found, created: false } };
    if (raceMs > 0) await sleep(raceMs);
    const user = { id: randomUUID(), email, email_verified: false };
    users.set(ensureKey(email), user);
    return { status: 201, body: { ...user, created: true } };
  }

  async function respond(request: IncomingMessage): Promise<Answer> {
    const { method = "", url: path = "" } = request;
    let body = "";
    for await (const chunk of request) body += chunk;
    const isAuthorized = request.headers.authorization === `Bearer ${SERVICE_TOKEN}`;
    const right = async (): Promise<Answer> => {
      if (!isAuthorized && !ignoresToken) return { status: 401, body: { error: "token" } };
      if (method === "POST" && path === "/api/v1/users/ensure") return ensure(JSON.parse(body).email);
      const email = /^\/admin\/user\/([^/]+)$/.exec(path)?.[1];
      if (email === undefined) return { status: 404, body: { error: `no route ${path}` } };
      const user = users.get(key(decodeURIComponent(email)));
      return user ? { status: 200, body: user } : { status: 404, body: { error: "no such user" } };
    };
    return answer(await right(), { method, path, isAuthorized });
  }

  const server = createServer(async (request, response) => {
    const { status, body, headers } = await respond(request);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    if (body instanceof Readable) body.pipe(response);
    else response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    users,
    /** The addresses of all calls of ensure. */
    writes,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
