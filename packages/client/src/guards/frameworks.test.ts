import express from "express";
import express4 from "express-4";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createPlatformClient } from "../client.ts";
import { listen } from "../test-servers/listening.ts";
import { refused, runPlatformStandIn, USER_ID } from "../test-servers/platform-stand-in.ts";
import { hangUpSignal } from "../waiting.ts";
import * as onExpress from "./express.ts";
import * as onFastify from "./fastify.ts";
import * as onHono from "./hono.ts";
import type { Role } from "./token-validator.ts";
import { createAuthenticator } from "./web.ts";

const BEARER = { authorization: "Bearer s3cret-t0ken" };
const platform = runPlatformStandIn();

const client = () => createPlatformClient({ url: platform.url, retries: 0 });

describe("fastify", () => {
  it("guards all routes of its scope, even earlier ones, and none outside it", async () => {
    const app = Fastify();
    app.get("/livez", async () => "ok");
    await app.register(async (api) => {
      api.get("/earlier", async ({ identity }) => identity);
      await api.register(onFastify.platformAuth, { client: client() });
      api.get("/later", async ({ identity }) => identity);
      await api.register(async (inner) => inner.get("/inner", async ({ identity }) => identity));
    });
    const statusOf = async (url: string, headers = {}) => (await app.inject({ url, headers })).statusCode;
    expect(await statusOf("/livez")).toBe(200);
    for (const url of ["/earlier", "/later", "/inner"]) {
      expect(await statusOf(url)).toBe(401);
      expect((await app.inject({ url, headers: BEARER })).json()).toMatchObject({ userId: USER_ID });
    }
  });

  const DOWN = "STORE_UNAVAILABLE";
  const NONE = "PLATFORM_UNAVAILABLE";
  it.each([
    ["an outage of platform-api", refused(503, DOWN), DOWN, `platform-api: ${DOWN}`],
    ["an error of platform-api", refused(500, "INTERNAL"), "INTERNAL", "platform-api: 500"],
    ["a proxy's page", () => ({ status: 502, body: "<html>" }), NONE, "HTTP 502 from another server"],
    ["a page", () => ({ status: 200, body: "<html>" }), NONE, "HTTP 200 from another server"],
    ["no response", () => null, NONE, expect.stringMatching(/^(ECONN|UND_)/)],
  ])("logs what went wrong between the servers: %s", async (_, replier, reason, trouble) => {
    platform.replies(replier);
    const lines: string[] = [];
    const app = Fastify({ logger: { level: "warn", stream: { write: (line: string) => lines.push(line) } } });
    await app.register(onFastify.platformAuth, { client: client() });
    await app.inject({ url: "/", headers: BEARER });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ reason, trouble }]);
    const address = reason === NONE ? expect.stringMatching(/^http:.*\/trpc\/auth\.validate$/) : null;
    expect(lines.map((line) => JSON.parse(line).address)).toEqual([address]);
    expect(lines.join("")).not.toContain("s3cret");
  });

  it("does not reveal without a token which paths exist", async () => {
    const app = Fastify();
    await app.register(onFastify.platformAuth, { client: client() });
    const statusOf = async (headers = {}) => (await app.inject({ url: "/none", headers })).statusCode;
    expect([await statusOf(), await statusOf(BEARER)]).toEqual([401, 404]);
  });

  it("leaves unknown paths to the root scope if it is registered in another scope", async () => {
    const app = Fastify();
    const scope = async (api: FastifyInstance) =>
      void api.register(onFastify.platformAuth, { client: client() });
    await app.register(scope, { prefix: "/api" });
    expect((await app.inject("/api/none")).statusCode).toBe(404);
  });

  it("runs no handler for a refused request", async () => {
    platform.replies(refused(403, "IDENTITY_BLOCKED"));
    const app = Fastify();
    await app.register(onFastify.platformAuth, { client: client() });
    let ran = false;
    app.post("/", async () => {
      ran = true;
    });
    const { statusCode } = await app.inject({ method: "POST", url: "/", headers: BEARER, payload: {} });
    expect([statusCode, ran]).toEqual([403, false]);
  });

  it("throws if requireOrganization is used without platformAuth", async () => {
    const app = Fastify();
    app.get("/", { preHandler: onFastify.requireOrganization() }, async () => "in");
    const { statusCode, body } = await app.inject({ url: "/", headers: BEARER });
    expect(statusCode).toBe(500);
    expect(body).toContain("register platformAuth in the route's scope");
  });
});

describe.each([
  ["express", express],
  ["express 4", express4],
])("%s", (_, express) => {
  async function statusOf(app: express.Express, path: string, headers = {}): Promise<number> {
    const server = await listen(app);
    const { status } = await fetch(`${server.url}${path}`, { headers });
    await server.close();
    return status;
  }

  /** The errors that reach the framework. */
  function errorsOf(app: express.Express): unknown[] {
    const errors: unknown[] = [];
    const onError: express.ErrorRequestHandler = (error, _request, response, _next) => {
      errors.push(error);
      response.end();
    };
    app.use(onError);
    return errors;
  }

  it("guards the routes and routers after it, and none before it", async () => {
    const app = express();
    app.get("/livez", (_request, response) => void response.send("ok"));
    app.use(onExpress.platformAuth({ client: client() }));
    const router = express.Router();
    router.get("/inner", onExpress.requireOrganization(), ({ identity, organization }, response) => {
      response.sendStatus(identity.userId === USER_ID && organization.id === "acme" ? 200 : 418);
    });
    app.use(router);
    expect(await statusOf(app, "/livez")).toBe(200);
    expect(await statusOf(app, "/inner")).toBe(401);
    expect(await statusOf(app, "/none")).toBe(401);
    expect(await statusOf(app, "/inner", BEARER)).toBe(200);
  });

  it("throws if requireOrganization is used without platformAuth", async () => {
    const app = express();
    app.get("/", onExpress.requireOrganization(), (_request, response) => void response.send("in"));
    const errors = errorsOf(app);
    await statusOf(app, "/", BEARER);
    const message = "requireOrganization: register platformAuth before the route";
    expect(errors).toMatchObject([{ message }]);
  });

  it("handles an error of an answer that cannot be sent", async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.flushHeaders();
      next();
    });
    app.use(onExpress.platformAuth({ client: client() }));
    const errors = errorsOf(app);
    await statusOf(app, "/");
    expect(errors).toMatchObject([{ code: "ERR_HTTP_HEADERS_SENT" }]);
  });
});

describe("hono", () => {
  it("guards the routes and apps after it, and none before it", async () => {
    const app = new Hono().get("/livez", (c) => c.text("ok"));
    app.use(onHono.platformAuth({ client: client() }));
    const inner = new Hono().get("/inner", onHono.requireOrganization(), (c) => c.json(c.var.organization));
    app.route("/api", inner);
    const statusOf = async (path: string, headers = {}) => (await app.request(path, { headers })).status;
    expect(await statusOf("/livez")).toBe(200);
    expect([await statusOf("/api/inner"), await statusOf("/none")]).toEqual([401, 401]);
    expect([await statusOf("/api/inner", BEARER), await statusOf("/none", BEARER)]).toEqual([200, 404]);
  });

  it("throws if requireOrganization is used without platformAuth", async () => {
    const app = new Hono().get("/", onHono.requireOrganization(), (c) => c.text("in"));
    app.onError(({ message }, c) => c.text(message, 500));
    const response = await app.request("/", { headers: BEARER });
    expect(await response.text()).toBe("requireOrganization: register platformAuth before the route");
  });
});

it.each<[string, object]>([
  ["accepts", { accepts: [] }],
  ["accepts", { accepts: ["machine"] }],
  ["accepts", { accepts: "user" }],
  ["resourceMetadata", { resourceMetadata: "/.well-known/oauth-protected-resource" }],
  ["resourceMetadata", { resourceMetadata: 'https://service.example/", error="x' }],
])("throws for a wrong option %s: %j", (name, wrong) => {
  expect(() => createAuthenticator({ client: client(), ...wrong })).toThrow(new RegExp(`^${name} must`));
});

it("has a user id only where the sender is known to be a user", async () => {
  const both = createAuthenticator({ client: client(), accepts: ["user", "service"] });
  const users = createAuthenticator({ client: client() });
  async function compiled(
    request: Request,
    { principal }: Pick<FastifyRequest & express.Request, "principal">,
  ) {
    const [any, user] = [await both(request), await users(request)];
    if (any instanceof Response || user instanceof Response) return;
    const ids: string[] = [user.identity.userId, user.principal.userId];
    // @ts-expect-error it may be a service
    ids.push(any.principal.userId);
    // @ts-expect-error it may be a service
    ids.push(any.identity.userId);
    // @ts-expect-error it may be a service
    ids.push(principal.userId);
    for (const sender of [any.principal, principal]) {
      // @ts-expect-error a service has none
      if (sender.kind === "service") ids.push(sender.userId);
      else ids.push(sender.userId);
    }
    // @ts-expect-error there is no such kind
    createAuthenticator({ client: client(), accepts: ["machine"] });
    new Hono().use(onHono.platformAuth({ client: client() })).get((c) => c.text(c.var.principal.userId));
    new Hono().use(onHono.platformAuth({ client: client(), accepts: ["user", "service"] })).get((c) => {
      // @ts-expect-error it may be a service
      return c.text(c.var.principal.userId);
    });
  }
  expect(compiled).toBeInstanceOf(Function);
});

it("throws for an unknown role, when the route is registered if there is one", async () => {
  const role = JSON.parse('"administrator"') as Role;
  const message = "the role must be member, admin or owner";
  expect(() => onFastify.requireOrganization(role)).toThrow(message);
  expect(() => onExpress.requireOrganization(role)).toThrow(message);
  expect(() => onHono.requireOrganization(role)).toThrow(message);
  const caller = await createAuthenticator({ client: client() })(
    new Request("http://service.example", { headers: BEARER }),
  );
  if (caller instanceof Response) throw new Error("refused");
  await expect(caller.requireOrganization(role)).rejects.toThrow(message);
});

it("rejects with the reason of an aborted web request", async () => {
  const request = new Request("http://service.example", {
    headers: BEARER,
    signal: AbortSignal.abort("gone"),
  });
  await expect(createAuthenticator({ client: client() })(request)).rejects.toBe("gone");
});

it("answers a web request that has no signal", async () => {
  platform.replies(refused(401, "TOKEN_INVALID"));
  const request = new Request("http://service.example", { headers: BEARER });
  Object.defineProperty(request, "signal", { value: undefined });
  const answer = await createAuthenticator({ client: client() })(request);
  expect(answer instanceof Response && answer.status).toBe(401);
});

it("aborts at once for a client that has already disconnected", () => {
  expect(hangUpSignal({ destroyed: true, once: () => {} }).aborted).toBe(true);
});
