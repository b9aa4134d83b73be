import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import express from "express";
import express4 from "express-4";
import Fastify from "fastify";
import { Hono, type MiddlewareHandler } from "hono";
import * as onExpress from "../guards/express.ts";
import * as onFastify from "../guards/fastify.ts";
import * as onHono from "../guards/hono.ts";
import type { Accepted } from "../guards/principal.ts";
import type { GuardOptions } from "../guards/request-guard.ts";
import { createAuthenticator } from "../guards/web.ts";
import { type Listening, listen } from "./listening.ts";

export type GuardedServerOptions = GuardOptions & {
  readonly organizationOf?: (request: { readonly url: string }) => string | null | undefined;
  readonly refuseDelegated?: boolean;
  readonly accepts?: readonly Accepted[];
  readonly resourceMetadata?: string;
};

export interface GuardedServer extends Listening {
  /** The errors that reached the framework. */
  readonly errors: string[];
}

/**
 * The same small service with each guard adapter, as a user of the framework would write it: `/me` returns the identity,
 * `/principal` the principal, `/organization` the organization, `/admin` the same for administrators only. `POST /echo` reads the body before it
 * requires the organization.
 */
export const GUARDED_SERVERS: Readonly<
  Record<string, (options: GuardedServerOptions) => Promise<GuardedServer>>
> = {
  async fastify(options) {
    const errors: string[] = [];
    const app = Fastify({ logger: { level: "error", stream: { write: (line) => errors.push(line) } } });
    await app.register(onFastify.platformAuth, options);
    app.get("/me", (request) => request.identity);
    app.get("/principal", (request) => request.principal);
    const member = { preHandler: onFastify.requireOrganization() };
    app.get("/organization", member, (request) => request.organization);
    const admin = { preHandler: onFastify.requireOrganization("admin") };
    app.get("/admin", admin, (request) => request.organization);
    app.post("/echo", member, (request) => request.body);
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return { url, errors, close: async () => void (await app.close()) };
  },

  express: (options) => serveExpress(express(), options),
  "express 4": (options) => serveExpress(express4(), options),

  async hono(options) {
    const app = new Hono();
    app.use(onHono.platformAuth(forContexts(options)));
    app.get("/me", (c) => c.json(c.var.identity));
    app.get("/principal", (c) => c.json(c.var.principal));
    app.get("/organization", onHono.requireOrganization(), (c) => c.json(c.var.organization));
    app.get("/admin", onHono.requireOrganization("admin"), (c) => c.json(c.var.organization));
    const readBody: MiddlewareHandler = async (c, next) => {
      await c.req.json();
      await next();
    };
    app.post("/echo", readBody, onHono.requireOrganization(), async (c) => c.json(await c.req.json()));
    app.onError((error) => {
      throw error;
    });
    return serveWeb(async (request) => app.fetch(request));
  },

  async web(options) {
    const authenticate = createAuthenticator(options);
    return serveWeb(async (request) => {
      const caller = await authenticate(request);
      if (caller instanceof Response) return caller;
      const { pathname } = new URL(request.url);
      if (pathname === "/principal") return Response.json(caller.principal);
      if (pathname === "/me") return Response.json("identity" in caller ? caller.identity : undefined);
      const body = request.method === "POST" ? await request.json() : null;
      const organization = await caller.requireOrganization(pathname === "/admin" ? "admin" : "member");
      return organization instanceof Response ? organization : Response.json(body ?? organization);
    });
  },
};

function forContexts({ organizationOf, ...guard }: GuardedServerOptions): onHono.PlatformAuthOptions {
  return { ...guard, ...(organizationOf && { organizationOf: (c) => organizationOf(c.req) }) };
}

async function serveExpress(app: express.Express, options: GuardedServerOptions): Promise<GuardedServer> {
  const errors: string[] = [];
  app.use(onExpress.platformAuth(options));
  app.get("/me", (request, response) => void response.json(request.identity));
  app.get("/principal", (request, response) => void response.json(request.principal));
  app.get("/organization", onExpress.requireOrganization(), (request, response) => {
    response.json(request.organization);
  });
  app.get("/admin", onExpress.requireOrganization("admin"), (request, response) => {
    response.json(request.organization);
  });
  app.post("/echo", express.json(), onExpress.requireOrganization(), ({ body }, response) => {
    response.json(body);
  });
  const onError: express.ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(String(error));
    response.sendStatus(500);
  };
  app.use(onError);
  return { ...(await listen(app)), errors };
}

/** A bridge from Node to web-standard requests, like those of Hono and Next.js. */
async function serveWeb(handle: (request: Request) => Promise<Response>): Promise<GuardedServer> {
  const errors: string[] = [];
  const listening = await listen(async (incoming, outgoing) => {
    const hangUp = new AbortController();
    outgoing.once("close", () => hangUp.abort());
    try {
      const response = await handle(await webRequest(incoming, hangUp.signal));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    } catch (error) {
      if (!hangUp.signal.aborted) errors.push(String(error));
      outgoing.writeHead(500).end();
    }
  });
  return { ...listening, errors };
}

async function webRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { method = "GET", rawHeaders, url = "" } = incoming;
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
  const body = method === "POST" ? await text(incoming) : null;
  return new Request(new URL(url, "http://service.example"), { method, headers, body, signal });
}
