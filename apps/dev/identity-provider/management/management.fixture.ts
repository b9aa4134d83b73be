import { expect } from "vitest";
import { z } from "zod";
import {
  type IdentityProvider,
  MANAGEMENT_CLIENT,
  PEOPLE_CLIENT_IDS,
  SELF_SERVICE_PROFILE_ID,
} from "../index.ts";
import { fetchJson } from "../running-tenant.fixture.ts";

export const TICKETS = `self-service-profiles/${SELF_SERVICE_PROFILE_ID}/sso-ticket`;

/** What platform-api asks a ticket for. */
export const NEW_TICKET = {
  connection_config: { name: "soylent-1a2b3c4d", display_name: "Soylent", show_as_button: false },
  enabled_clients: PEOPLE_CLIENT_IDS,
  enabled_organizations: [{ organization_id: "org_acme", assign_membership_on_login: true }],
  ttl_sec: 3_600,
  domain_aliases_config: { domain_verification: "none" },
};

export type Answer = Awaited<ReturnType<typeof fetchJson>>;

/** Asks for a token by client credentials, as JSON. */
export function askForToken(issuer: string, changes: Record<string, string> = {}): Promise<Answer> {
  return fetchJson(new URL("oauth/token", issuer), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: MANAGEMENT_CLIENT.clientId,
      client_secret: MANAGEMENT_CLIENT.clientSecret,
      audience: `${issuer}api/v2/`,
      ...changes,
    }),
  });
}

export async function managementToken(issuer: string, scope?: string): Promise<string> {
  const { body } = await askForToken(issuer, scope === undefined ? {} : { scope });
  return z.object({ access_token: z.string() }).parse(body).access_token;
}

/** Calls `GET organizations/org_acme` and the like. */
export async function call(
  issuer: string,
  token: string | null,
  what: string,
  body?: unknown,
): Promise<Answer> {
  const [method = "", path = ""] = what.split(" ");
  const response = await fetch(new URL(`api/v2/${path}`, issuer), {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

/** Calls with a token that allows everything. */
export async function caller({ issuer }: Pick<IdentityProvider, "issuer">) {
  const token = await managementToken(issuer);
  return (what: string, body?: unknown) => call(issuer, token, what, body);
}

/** The address of the wizard. */
export async function newTicket(
  ask: Awaited<ReturnType<typeof caller>>,
  changes: Partial<Record<keyof typeof NEW_TICKET, unknown>> = {},
): Promise<string> {
  const { status, body } = await ask(`POST ${TICKETS}`, { ...NEW_TICKET, ...changes });
  expect(status).toBe(201);
  return z.object({ ticket: z.url() }).parse(body).ticket;
}
