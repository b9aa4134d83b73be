import {
  createPlatformClient,
  createTokenValidator,
  isOutage,
  type PlatformIdentity,
  type Reason,
  reasonOf,
} from "@platform-api/client";
import * as onExpress from "@platform-api/client/express";
import { platformAuth, requireOrganization } from "@platform-api/client/fastify";
import * as onHono from "@platform-api/client/hono";
import { watchStandings } from "@platform-api/client/standings";
import { platformHandlers } from "@platform-api/client/testing";
import { createAuthenticator } from "@platform-api/client/web";
import { createCljClient } from "@platform-api/clj-client";
import { inMemoryDirectory } from "@platform-api/clj-client/testing";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { setupServer } from "msw/node";

const url = "http://127.0.0.1:4000";
export const client = createPlatformClient({ url, token: async () => "t" });

export async function everyProcedure(): Promise<PlatformIdentity> {
  const { organizations, joinable } = await client.org.me.query();
  const role: "member" | "admin" | "owner" | undefined = organizations[0]?.role;
  await client.org.join.mutate({ organizationId: joinable[0]?.id ?? "acme" });
  const found = await client.discover.byEmail.mutate({ email: "jane@acme.example" });
  if (found.method === "sso") found.options.map(({ authorize }) => authorize.login_hint);
  await client.auth.check.query({ organizationId: "acme", ...(role && { role }) });
  return client.auth.validate.query();
}

export const isOver = (error: unknown) => reasonOf(error) === "TOKEN_EXPIRED" || isOutage(error);
export const reason: Reason = "ROLE_REQUIRED";
export const authenticate = createAuthenticator({
  validator: createTokenValidator({ client }),
  refuseDelegated: true,
});
export const authenticateAny = createAuthenticator({ client, accepts: ["user", "service"] });
export async function nameOf(request: Request): Promise<string> {
  const caller = await authenticateAny(request);
  if (caller instanceof Response) return "nobody";
  return caller.principal.kind === "user" ? caller.principal.userId : caller.principal.clientId;
}
export const actingClient = ({ actor }: PlatformIdentity): string | null | undefined => actor?.clientId;

export const app = Fastify();
await app.register(platformAuth, { client });
app.get("/", { preHandler: requireOrganization("admin") }, async ({ identity, organization }) => ({
  userId: identity.userId,
  organizationId: organization.id,
}));

export const web = express();
web.use(onExpress.platformAuth({ client }));
web.get(
  "/",
  onExpress.requireOrganization(),
  ({ organization }, response) => void response.json(organization),
);

export const edge = new Hono()
  .use(onHono.platformAuth({ client }))
  .get("/", onHono.requireOrganization(), (c) => c.text(c.var.identity.userId + c.var.organization.role));

export const standings = watchStandings({ platform: client, onOutage: "continue" });
export const metadata = onHono.protectedResourceMetadata({
  resource: "https://runs.example/mcp",
  authorizationServers: ["https://tenant.auth0.example/"],
});

export const platform = platformHandlers({
  url,
  users: [{ email: "jane@acme.example" }],
  services: [{ clientId: "runs", permissions: ["standing"] }],
});
export const delegated = platform.tokenFor("jane@acme.example", {
  clientId: "agent",
  actor: { clientId: "agent", userId: null },
});
platform.change("org.me", (usual) => ({ ...usual, joinable: [] }));
export const server = setupServer(
  ...platform.handlers,
  ...inMemoryDirectory({ url: "http://directory.test", token: "t" }).handlers,
);
export const user = createCljClient({ url: "http://directory.test", token: "t" }).findByEmail(
  "x@acme.example",
);
