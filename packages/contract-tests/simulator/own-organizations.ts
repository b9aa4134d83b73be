import type { RunningDnsServer } from "@platform-api/dev/dns";
import { openWizard } from "@platform-api/dev/identity-provider";
import { actionClaims } from "./issuer.ts";
import { call, type Outcome } from "./organization-world.ts";
import { fresh } from "./people.ts";
import type { Stack } from "./stack.ts";

/** An organization with a domain, whose owner signs in by password and sets up the rest. */
export interface OwnOrganization {
  readonly id: string;
  readonly domain: string;
  /** The owner's token. */
  readonly token: string;
  /** Calls as the owner, by default at the stack's own server. */
  ask(path: string, input?: object, url?: string): Promise<Outcome>;
}

/** A domain that the organization has proved itself, by default at the stack's own server. */
export async function provedDomain(
  { id, ask }: OwnOrganization,
  dns: RunningDnsServer,
  url?: string,
): Promise<string> {
  const domain = `${id}-labs.example`;
  const claim = ask("domains.claim", { domain }, url);
  const { record } = await answered<{ record: { name: string; value: string } }>(claim);
  dns.records.set(record.name, [record.value]);
  const { state } = await answered<{ state: string }>(ask("domains.check", { domain }, url));
  if (state !== "verified") throw new Error(`the domain is ${state}`);
  return domain;
}

/** A set-up that has begun. */
export interface Begun {
  readonly name: string;
  readonly setupUrl: string;
}

const OPEN = { jit: true, defaultRole: "member", enforceSso: false } as const;

/** Organizations that have nothing but a domain each. */
export async function ownOrganizations(stack: Stack, count: number): Promise<OwnOrganization[]> {
  const ids = Array.from({ length: count }, () => fresh("own"));
  const owned = ids.map((id) => ({ id, domain: `${id}.example`, email: `owner@${id}.example` }));
  await stack.applyOrganizations(
    owned.map(({ id, domain, email }) => {
      return { id, ...OPEN, domains: [domain], members: [{ email, role: "owner" }] };
    }),
  );
  return Promise.all(
    owned.map(async ({ id, domain, email }) => {
      const token = await stack.issuer.sign(`auth0|${email}`, actionClaims({ email, emailVerified: true }));
      const ask: OwnOrganization["ask"] = (path, input = {}, url = stack.url) =>
        call(url, `org.${path}`, token, { organizationId: id, ...input });
      return { id, domain, token, ask };
    }),
  );
}

/** @throws with the answer of a call that was refused */
export async function answered<T extends object>(outcome: Promise<Outcome>): Promise<T> {
  const { outcome: reason, body } = await outcome;
  if (reason !== "OK") throw new Error(JSON.stringify(body));
  const { result } = body as { result: { data: T } };
  return result.data;
}

export async function begin({ ask }: OwnOrganization): Promise<Begun> {
  const { name, setupUrl } = await answered<Begun>(ask("connections.begin", { displayName: "Own" }));
  return { name, setupUrl };
}

/** What the customer's administrator does at Auth0. */
export async function walkWizard({ setupUrl }: Begun, strategy = "samlp"): Promise<void> {
  const wizard = await openWizard(setupUrl);
  await wizard.create(strategy);
  await wizard.enable();
}

/** A connection that people sign in through. */
export async function enabledConnection(organization: OwnOrganization): Promise<Begun> {
  const begun = await begin(organization);
  await walkWizard(begun);
  const { name } = begun;
  const { state } = await answered<{ state: string }>(organization.ask("connections.get", { name }));
  if (state !== "enabled") throw new Error(`the connection is ${state}`);
  return begun;
}

/** A login through a connection of `samlp`. */
export function signInThrough(
  { issuer }: Stack,
  { name }: Pick<Begun, "name">,
  email: string,
  subject = `samlp|${name}|${email}`,
): Promise<string> {
  return issuer.sign(subject, actionClaims({ connection: name, email, emailVerified: false }));
}

/** What platform-api makes of a login: `OK`, or the reason of its refusal. */
export async function judged(url: string, token: string): Promise<string> {
  return (await call(url, "auth.validate", token, {})).outcome;
}

/** The connections that the login page offers for a domain. */
export async function discovered(url: string, domain: string): Promise<string[]> {
  const response = await fetch(`${url}/public/auth/discover`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: `anybody@${domain}` }),
  });
  const { options = [] } = (await response.json()) as { options?: { connection: string }[] };
  return options.map(({ connection }) => connection);
}
