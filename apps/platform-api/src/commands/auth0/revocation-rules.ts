import { type TenantClient, USER_SCOPES } from "@platform-api/server/adapters";
import type { Findings } from "../../terminal/finding.ts";
import type { Auth0Facts, Auth0Settings, ClientFacts, TenantFacts } from "./facts.ts";
import { conclude, type Judgement, problemIf } from "./judgement.ts";
import { checkScopes } from "./tenant-rules.ts";

/** Short enough where nothing ends a token before it expires. */
const SHORT_SECONDS = 3_600;

/** What ends the unexpired tokens of somebody who was blocked, deleted or signed out at Auth0. */
export function checkRevocation(tenant: TenantFacts, settings: Auth0Settings, findings: Findings): void {
  const { api, clients } = tenant;
  for (const { id, client } of known(clients))
    if (logoutUrlsOf(client).length > 0) conclude(`back-channel logout ${id}`, judgeLogout(client), findings);
  const lifetime = "value" in api ? (api.value?.token_lifetime ?? 0) : 0;
  const told = known(clients).filter(({ client }) => logoutUrlsOf(client).length > 0);
  const untold = clients.filter(({ id }) => !told.some((each) => each.id === id));
  const isTold = settings.eventsClientId !== null || (clients.length > 0 && untold.length === 0);
  if (lifetime <= SHORT_SECONDS || isTold) return;
  const without = untold.map(({ id }) => id).join(", ");
  findings.note(
    "token lifetime",
    `tokens live ${lifetime} s, and a user who is blocked at Auth0 stays in that long: set APIs > the API > Settings > Maximum Access Token Lifetime to ${SHORT_SECONDS} s or less, follow events, or set up back-channel logout${without === "" ? "" : ` for ${without}`} (docs/auth0.md, Ending access before a token expires)`,
  );
}

function known(clients: readonly ClientFacts[]): { id: string; client: TenantClient }[] {
  return clients.flatMap(({ id, found }) =>
    "value" in found && found.value !== null ? [{ id, client: found.value }] : [],
  );
}

function logoutUrlsOf({ oidc_logout: logout }: TenantClient): readonly string[] {
  return logout?.backchannel_logout_urls ?? [];
}

function judgeLogout(client: TenantClient): Judgement {
  const mode = client.oidc_logout?.backchannel_logout_initiators?.mode ?? "custom";
  return {
    saw: `sent to ${logoutUrlsOf(client).join(", ")}, whatever ends the session`,
    problems: problemIf(mode !== "all", {
      saw: `backchannel_logout_initiators.mode is ${mode}: only some logouts are sent`,
      expected: "all: a block and a revoked session end tokens too",
      fix: "Applications > the application > Settings > OpenID Connect Back-Channel Logout > Back-Channel Logout Initiators: All supported initiators",
    }),
  };
}

/** The scopes of the second machine application, if one is configured. */
export function checkEventsScopes(scopes: Auth0Facts["eventsScopes"], findings: Findings): void {
  if (scopes === null) return;
  const check = "scopes of events";
  if ("why" in scopes)
    findings.differ(check, {
      saw: scopes.why,
      expected: "a token for the client AUTH0_EVENTS_CLIENT_ID",
      fix: "AUTH0_EVENTS_CLIENT_ID and AUTH0_EVENTS_CLIENT_SECRET; Applications > APIs > Auth0 Management API > Machine to Machine Applications: authorize the client",
    });
  else checkScopes(check, scopes.value, USER_SCOPES, "AUTH0_EVENTS_CLIENT_ID", findings);
}
