import type { TenantClient } from "@platform-api/server/adapters";
import type { AdminClients } from "@platform-api/server/domain";
import type { Findings } from "../../terminal/finding.ts";
import type { Auth0Settings, Read, TenantFacts } from "./facts.ts";
import { type Judgement, only, problemIf, record } from "./judgement.ts";

const SETTINGS = "Applications > the application > Settings";

/** Every application that people sign in to, the one of the frontend, those that administer, and the services. */
export function checkApplications(
  { clients, adminClients, serviceClients, organizations }: TenantFacts,
  { frontendUrl, admins }: Auth0Settings,
  findings: Findings,
): void {
  const usesOrganizations = "value" in organizations && organizations.value.length > 0;
  for (const { id, found } of clients) {
    const judge = (client: TenantClient | null) =>
      client === null
        ? noClient(id, "an application that people sign in to", "AUTH0_APP_CLIENT_IDS")
        : judgeClient(client, usesOrganizations);
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
  record(
    "frontend",
    readable,
    (apps) => judgeFrontend(apps, new URL(frontendUrl ?? "").origin, admins),
    findings,
  );
  for (const { id, found } of adminClients) {
    const judge = (client: TenantClient | null) =>
      client === null
        ? noClient(id, "an application in which people administer their organization", "ADMIN_CLIENT_IDS")
        : judgeAdministrator(client);
    record(`administration ${id}`, found, judge, findings);
  }
  for (const { id, found } of serviceClients) {
    const judge = (client: TenantClient | null) =>
      client === null
        ? noClient(id, "a machine application of your own", "SERVICE_CLIENTS")
        : judgeService(client);
    record(`service ${id}`, found, judge, findings);
  }
}

function noClient(id: string, expected: string, fix: string): Judgement {
  return only({ saw: `there is no application with the client id ${id}`, expected, fix });
}

/** A machine, and an API that calls another one on behalf of its users. */
const MACHINE_TYPES = ["non_interactive", "resource_server"];
/** With these an application gets tokens while no person signs in to it. */
const UNATTENDED_GRANTS = ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"];

function judgeAdministrator({ app_type: type, is_first_party, ...client }: TenantClient): Judgement {
  const grants = client.grant_types?.filter((grant) => UNATTENDED_GRANTS.includes(grant)) ?? [];
  const exchanges = client.token_exchange?.allow_any_profile_of_type ?? [];
  return {
    saw: `${type ?? "an application"} of your own, in which people sign in themselves`,
    problems: [
      ...problemIf(MACHINE_TYPES.includes(type ?? ""), {
        saw: `its type is ${type}: no person signs in to it`,
        expected: "an application that people sign in to",
        fix: "ADMIN_CLIENT_IDS: the frontend's client id",
      }),
      ...problemIf(is_first_party === false, {
        saw: "it is somebody else's: a third-party application",
        expected: "an application of your own: its owner could administer in the name of its users",
        fix: "ADMIN_CLIENT_IDS: without it",
      }),
      ...problemIf(grants.length > 0, {
        saw: `the grant ${grants.join(", ")} is on`,
        expected: "only grants with which a person signs in",
        fix: `${SETTINGS} > Advanced > Grant Types`,
      }),
      ...problemIf(exchanges.length > 0, {
        saw: `it may exchange tokens (${exchanges.join(", ")})`,
        expected:
          "no token exchange: an Action that forgets setActor makes its tokens look like the person's own",
        fix: "another application for the exchange; token_exchange of this one (Management API): null",
      }),
    ],
  };
}

function judgeService({ app_type: type, grant_types: grants }: TenantClient): Judgement {
  return {
    saw: `${type ?? "an application"} that gets tokens of its own`,
    problems: problemIf(!grants?.includes("client_credentials"), {
      saw: "the grant client_credentials is off: it gets no token of its own, and its users' are not a service's",
      expected: "a machine application",
      fix: `SERVICE_CLIENTS: the machine's client id; or ${SETTINGS} > Advanced > Grant Types`,
    }),
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

function judgeFrontend(clients: readonly TenantClient[], origin: string, admins: AdminClients): Judgement {
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
      ...problemIf(admins.size > 0 && !admins.has(client.client_id), {
        saw: `${client.client_id} is not in ADMIN_CLIENT_IDS: nobody can administer in the frontend`,
        expected: "its client id",
        fix: "ADMIN_CLIENT_IDS",
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
