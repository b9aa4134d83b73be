import type { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { PageContext } from "../pages/page.ts";
import { ApiError } from "./api-error.ts";
import { connectionRoutes } from "./connection-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { organizationRoutes } from "./organization-routes.ts";
import type { Outcome, PlantedFaults } from "./planted-faults.ts";
import type { RawCall, Reply, Route } from "./route.ts";
import { selfServiceRoutes } from "./self-service-routes.ts";
import type { ManagementServices } from "./services.ts";
import { setUpRoutes } from "./set-up-routes.ts";
import { requireScope, type TokenRules } from "./token.ts";
import { userRoutes } from "./user-routes.ts";

/** The path below which the Management API answers, and the end of its audience. */
export const MANAGEMENT_PATH = "/api/v2/";

/** The part of Koa's context that a call needs. */
type ManagementContext = PageContext &
  Pick<KoaContextWithOIDC, "req" | "res" | "path" | "method" | "querystring" | "headers" | "respond">;

type FoundRoute = Route & Pick<RawCall, "params">;

/** A stand-in of the calls of Auth0's Management API that platform-api uses. Source: `AUTH0`, sections 1 and 3. */
export class ManagementApi {
  readonly #routes: readonly Route[];
  readonly #tokens: TokenRules;
  readonly #faults: PlantedFaults;

  constructor(services: ManagementServices, faults: PlantedFaults) {
    const { issuers, key } = services;
    this.#routes = [
      ...organizationRoutes(services),
      ...connectionRoutes(services),
      ...selfServiceRoutes(services),
      ...setUpRoutes(services),
      ...userRoutes(services),
      ...eventRoutes(services),
    ];
    this.#tokens = { issuers, audience: managementAudience(issuers[0]), key };
    this.#faults = faults;
  }

  /** @returns false for paths that do not belong to the Management API */
  async answer(ctx: ManagementContext): Promise<boolean> {
    if (!ctx.path.startsWith(MANAGEMENT_PATH)) return false;
    const route = this.#find(ctx.method, ctx.path);
    const call = route?.call ?? `${ctx.method} ${ctx.path.slice(MANAGEMENT_PATH.length - 1)}`;
    send(ctx, await this.#faults.outcome(call, () => this.#reply(ctx, route)));
    return true;
  }

  async #reply(ctx: ManagementContext, route: FoundRoute | null): Promise<Reply> {
    try {
      if (route === null) throw new ApiError(404, "Not Found", "not_found");
      const scopes = await requireScope(ctx.headers.authorization, route.scope, this.#tokens);
      const search = new URLSearchParams(ctx.querystring);
      const query = Object.fromEntries(search);
      const [lastEventId = null] = [ctx.headers["last-event-id"] ?? null].flat();
      const body = await bodyOf(ctx);
      return route.answer({ params: route.params, query, search, lastEventId, body, scopes });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.status, body: error.body };
    }
  }

  #find(method: string, path: string): FoundRoute | null {
    for (const route of this.#routes) {
      const params = paramsOf(route.call, `${method} ${path.slice(MANAGEMENT_PATH.length - 1)}`);
      if (params !== null) return { ...route, params };
    }
    return null;
  }
}

/** @param issuer the tenant's own, with a trailing slash. Custom domains have no audience of their own */
export function managementAudience(issuer: string): string {
  return new URL(MANAGEMENT_PATH, issuer).href;
}

/** The parameters of a path that a pattern fits. */
function paramsOf(pattern: string, call: string): Record<string, string> | null {
  const [names, values] = [pattern.split("/"), call.split("/")];
  if (names.length !== values.length) return null;
  const pairs = names.map((name, index) => [name, values[index] ?? ""] as const);
  if (!pairs.every(([name, value]) => name === value || (name.startsWith(":") && value !== ""))) return null;
  const params = pairs.filter(([name]) => name.startsWith(":"));
  return Object.fromEntries(params.map(([name, value]) => [name.slice(1), decoded(value)]));
}

/** A malformed one names nothing. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** @throws {ApiError} for a body that is not JSON */
async function bodyOf({ req, headers }: ManagementContext): Promise<unknown> {
  const text = await readText(req);
  if (text === "") return undefined;
  try {
    if (headers["content-type"]?.startsWith("application/json")) return JSON.parse(text);
  } catch {
    // answered below
  }
  throw new ApiError(400, "Request body could not be parsed as JSON.", "invalid_body");
}

function send(ctx: ManagementContext, outcome: Outcome): void {
  if (outcome === "hang" || outcome === "drop") {
    ctx.respond = false;
    if (outcome === "drop") ctx.req.socket.destroy();
    return;
  }
  ctx.status = outcome.status;
  if (outcome.stream !== undefined) {
    sendStream(ctx, outcome.stream);
    return;
  }
  ctx.type = "application/json; charset=utf-8";
  if (outcome.body === undefined) ctx.body = outcome.status === 204 ? null : "";
  else ctx.body = typeof outcome.body === "string" ? outcome.body : JSON.stringify(outcome.body);
  ctx.set({ ...outcome.headers });
}

/** Without Koa, to which a client that leaves is an error. */
function sendStream(ctx: ManagementContext, stream: Readable): void {
  ctx.respond = false;
  ctx.res.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
  stream.pipe(ctx.res);
  ctx.res.once("close", () => stream.destroy());
}
