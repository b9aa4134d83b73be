import { readFileSync } from "node:fs";
import type { ClientMetadata } from "oidc-provider";
import { z } from "zod";
import { ACCESS_TOKEN_SECONDS } from "../login/access-token.ts";
import { isAppClient } from "../tenant/app-clients.ts";
import { clients } from "../tenant/clients.ts";
import { notFound } from "./api-error.ts";
import { chosen, FIELDS } from "./fields.ts";
import { NO_INPUT, NOTHING, type Route, route } from "./route.ts";
import type { ManagementServices } from "./services.ts";

const ACTION_CODE = readFileSync(new URL("../../../../auth0/post-login-action.js", import.meta.url), "utf8");
const ACTION_ID = "post-login-action";
const TRIGGER = { id: "post-login", version: "v3" };
const BUILT_AT = "2026-01-01T00:00:00.000Z";
const TIMES = { created_at: BUILT_AT, updated_at: BUILT_AT };

const paged = {
  page: z.coerce.number().int().min(0).default(0),
  per_page: z.coerce.number().int().min(1).max(100).default(20),
};
const actionSearch = z.strictObject({ ...paged, triggerId: z.string().optional() });

/** What a tenant that is set up right says of its API, Action, applications and domains. Nothing here can be changed. */
export function setUpRoutes(services: ManagementServices): Route[] {
  const { appOrigins, issuers, audience, claimNamespace } = services;
  const [issuer, ...customIssuers] = issuers;
  return [
    route("GET /resource-servers/:id", "read:resource_servers", NO_INPUT, ({ param }) => {
      if (param("id") !== audience)
        throw notFound("The resource server does not exist", "inexistent_resource_server");
      return { status: 200, body: resourceServer(services) };
    }),
    route(
      "GET /actions/actions",
      "read:actions",
      { query: actionSearch, body: NOTHING },
      ({ query: { page, per_page, triggerId } }) => {
        const all = triggerId === undefined || triggerId === TRIGGER.id ? [action(claimNamespace)] : [];
        const actions = page === 0 ? all : [];
        return { status: 200, body: { actions, total: all.length, page, per_page } };
      },
    ),
    route(
      "GET /actions/triggers/:trigger/bindings",
      "read:actions",
      { query: z.strictObject(paged), body: NOTHING },
      ({ param, query: { page, per_page } }) => {
        const { id, name } = action(claimNamespace);
        const all = param("trigger") === TRIGGER.id ? [{ id, name }] : [];
        const bindings = (page === 0 ? all : []).map((bound) => ({
          id: "binding-1",
          trigger_id: TRIGGER.id,
          display_name: bound.name,
          action: bound,
          ...TIMES,
        }));
        return { status: 200, body: { bindings, total: all.length, page, per_page } };
      },
    ),
    route(
      "GET /clients/:id",
      "read:clients",
      { query: z.strictObject(FIELDS), body: NOTHING },
      ({ param, query }) => {
        const client = clients(services).find(({ client_id: id }) => id === param("id"));
        if (client === undefined) throw notFound("The client does not exist", "inexistent_client");
        return { status: 200, body: chosen(shownClient(client, appOrigins), query) };
      },
    ),
    route("GET /tenants/settings", "read:tenant_settings", NO_INPUT, () => {
      const body = { friendly_name: "Development", default_audience: "", default_directory: "", flags: {} };
      return { status: 200, body };
    }),
    route("GET /custom-domains", "read:custom_domains", NO_INPUT, () => ({
      status: 200,
      body: customIssuers.map((each, index) => ({
        custom_domain_id: `cd_${index}`,
        domain: new URL(each).host,
        status: "ready",
        primary: index === 0,
        is_default: index === 0,
        type: "self_managed_certs",
        origin_domain_name: new URL(issuer).host,
      })),
    })),
  ];
}

function resourceServer({ audience: identifier, tokenDialect }: ManagementServices) {
  return {
    id: "platform-api",
    name: "platform-api",
    identifier,
    is_system: false,
    scopes: [],
    signing_alg: "RS256",
    token_dialect: tokenDialect,
    token_encryption: null,
    token_lifetime: ACCESS_TOKEN_SECONDS,
    token_lifetime_for_web: 7_200,
    allow_offline_access: true,
    skip_consent_for_verifiable_first_party_clients: true,
    enforce_policies: false,
  };
}

/** The values of secrets are never shown. */
function action(claimNamespace: string) {
  const deployed = { id: `${ACTION_ID}-1`, number: 1, code: ACTION_CODE, deployed: true, status: "built" };
  return {
    id: ACTION_ID,
    name: "platform-api claims",
    code: ACTION_CODE,
    runtime: "node22",
    dependencies: [],
    secrets: claimNamespace === "" ? [] : [{ name: "CLAIM_NAMESPACE", updated_at: BUILT_AT }],
    supported_triggers: [TRIGGER],
    status: "built",
    all_changes_deployed: true,
    deployed_version: deployed,
    ...TIMES,
  };
}

function shownClient(client: ClientMetadata, appOrigins: readonly string[]): Record<string, unknown> {
  const { token_endpoint_auth_method: method } = client;
  // Without origins of your own they have a placeholder, as they are registered.
  const isApp = isAppClient({ clientId: client.client_id }) && appOrigins.length > 0;
  const callbacks = isApp ? appOrigins : (client.redirect_uris ?? []);
  const logoutUrls = isApp ? appOrigins : (client.post_logout_redirect_uris ?? []);
  const grants = client.grant_types ?? [];
  const isMachine = grants.includes("client_credentials");
  const shownType =
    method === "none" ? (client.application_type === "native" ? "native" : "spa") : "regular_web";
  return {
    client_id: client.client_id,
    name: client.client_name,
    is_first_party: true,
    oidc_conformant: true,
    app_type: isMachine ? "non_interactive" : shownType,
    token_endpoint_auth_method: method,
    grant_types: grants,
    callbacks,
    allowed_logout_urls: logoutUrls,
    web_origins: [...new Set(callbacks.map((url) => new URL(url).origin))],
    organization_usage: isMachine ? "deny" : "allow",
    organization_require_behavior: "no_prompt",
    jwt_configuration: { alg: "RS256" },
    oidc_logout: {
      backchannel_logout_urls: client.backchannel_logout_uri ? [client.backchannel_logout_uri] : [],
      backchannel_logout_initiators: { mode: "all" },
    },
    refresh_token: grants.includes("refresh_token") ? { rotation_type: "rotating", leeway: 10 } : null,
  };
}
