import type { TenantClient } from "@platform-api/server/adapters";
import type { Findings } from "../finding.ts";
import type { Read, TenantFacts } from "./facts.ts";
import { type Judgement, only, problemIf, record } from "./judgement.ts";

const SETTINGS = "Applications > the application > Settings";

/** Every application that people sign in to, and the one of the frontend. */
export function checkApplications(
  { clients, organizations }: TenantFacts,
  frontendUrl: string | null,
  findings: Findings,
): void {
  const usesOrganizations = "value" in organizations && organizations.value.length > 0;
  for (const { id, found } of clients) {
    const judge = (client: TenantClient | null) =>
      client === null ? only(noClient(id)) : judgeClient(client, usesOrganizations);
    record(`application ${id}`, found, judge, findings);
  }
  const known = clients.flatMap(({ found }) =>
    "value" in found && found.value !== null ? [found.value] : [],
  );
  const readable: Read<readonly TenantClient[]> =
    frontendUrl === null
      ? { why: "FRONTEND_URL is not set" }
      : known.length === 0
        ? { why: "no application was read" }
        : { value: known };
  record("frontend", readable, (apps) => judgeFrontend(apps, new URL(frontendUrl ?? "").origin), findings);
}

function noClient(id: string) {
  return {
    saw: `there is no application with the client id ${id}`,
    expected: "an application that people sign in to",
    fix: "AUTH0_APP_CLIENT_IDS",
  };
}

function judgeClient(client: TenantClient, usesOrganizations: boolean): Judgement {
  const callbacks = client.callbacks ?? [];
  const urls = [...callbacks, ...(client.allowed_logout_urls ?? []), ...(client.web_origins ?? [])];
  const wildcards = urls.filter((url) => url.includes("*"));
  return {
    saw: `authorization_code, callback URLs: ${callbacks.length}`,
    problems: [
      ...problemIf(!client.grant_types?.includes("authorization_code"), {
        saw: "the grant authorization_code is off",
        expected: "the authorization code flow",
        fix: `${SETTINGS} > Advanced > Grant Types`,
      }),
      ...problemIf(callbacks.length === 0, {
        saw: "it has no callback URL",
        expected: "where logins return to",
        fix: `${SETTINGS} > Allowed Callback URLs`,
      }),
      ...problemIf(wildcards.length > 0, {
        saw: `${wildcards.join(", ")} has a wildcard`,
        expected: "exact URLs: a login's answer must not go to a host that somebody else can get",
        fix: `${SETTINGS} > Allowed Callback URLs, Allowed Logout URLs, Allowed Web Origins`,
      }),
      ...problemIf(usesOrganizations && client.organization_usage !== "allow", {
        saw: `logins with an organization: ${client.organization_usage ?? "deny"}`,
        expected: "allow, because organizations have an auth0OrgId",
        fix: "Applications > the application > Login Experience > Type of Users: Both",
      }),
    ],
  };
}

function judgeFrontend(clients: readonly TenantClient[], origin: string): Judgement {
  const isThere = (urls: readonly string[] | null | undefined) =>
    urls?.some((url) => originOf(url) === origin);
  const client = clients.find(({ callbacks }) => isThere(callbacks));
  const expected = `an address at ${origin} (FRONTEND_URL)`;
  if (client === undefined) {
    const saw = `no application has a callback URL at ${origin}`;
    return only({ saw, expected, fix: `${SETTINGS} > Allowed Callback URLs, or FRONTEND_URL` });
  }
  const { rotation_type: rotation, leeway } = client.refresh_token ?? {};
  return {
    saw: `${client.client_id}, at ${origin}`,
    problems: [
      ...problemIf(!isThere(client.allowed_logout_urls), {
        saw: `no logout URL of ${client.client_id} is at ${origin}`,
        expected,
        fix: `${SETTINGS} > Allowed Logout URLs`,
      }),
      ...problemIf(!client.grant_types?.includes("refresh_token"), {
        saw: `the grant refresh_token of ${client.client_id} is off`,
        expected: "refresh tokens: without them a session ends with its access token",
        fix: `${SETTINGS} > Advanced > Grant Types`,
      }),
      ...problemIf(rotation === "rotating" && leeway === 0, {
        saw: "refresh tokens rotate without an overlap: a page that is reloaded during a renewal loses its session",
        expected: "a few seconds",
        fix: `${SETTINGS} > Refresh Token Rotation > Rotation Overlap Period`,
      }),
    ],
  };
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
