import { MemoryOrganizations } from "../../memory/organizations.ts";
import { type CanonicalEmail, domainOf, parseEmail } from "../email.ts";
import type { FirstLogin } from "../identity/first-login.ts";
import type { HeldSeat, IdentityLink } from "../identity/identity-link.ts";
import type { RelinkWindow } from "../identity/relink-window.ts";
import type { Inside } from "../identity/speakers.ts";
import type { AddressTrust, TrustSettings } from "../login/address-trust.ts";
import {
  type Connection,
  newOrganization,
  type Organization,
  type OrganizationId,
  parseOrganizationId,
  type Timed,
} from "../organization.ts";
import { type EndedSession, noFacts, type SubjectFacts } from "../revocation/facts.ts";
import { type VerifiedClaims, verifiedClaims } from "../token/claims.ts";
import { parseUserId, type UserId } from "../user-id.ts";

export const JANE = userNumber(1);
export const JOE = userNumber(2);
export const ACME = valid(parseOrganizationId("acme"));
export const GLOBEX = valid(parseOrganizationId("globex"));
export const INITECH = valid(parseOrganizationId("initech"));
export const JANE_EMAIL = address("jane@acme.example");
export const JOE_EMAIL = address("joe@acme.example");
export const UNBOUNDED: AbortSignal = new AbortController().signal;

export const ENTRA: Connection = {
  name: "acme-entra",
  strategy: "waad",
  displayName: "Acme",
  organizationId: ACME,
};
export const SEAT = { tenant: "default", connection: ENTRA.name, userId: JANE };

/** A first login through Acme's own connection, with Jane's trusted address. */
export function firstLogin(subject: string, overrides: Partial<Omit<FirstLogin, "claims">> = {}): FirstLogin {
  return {
    claims: claims({ subject }),
    login: { via: "sso", connection: ENTRA },
    trust: trusted(JANE_EMAIL),
    verifiers: [organization(ACME)],
    ...overrides,
  };
}

/** Members of these organizations by an address of their own domain. */
export function inside(...organizationIds: readonly OrganizationId[]): readonly Inside[] {
  return organizationIds.map((organizationId) => ({ organizationId, domain: domainOf(JANE_EMAIL) }));
}

/** Proven to everyone by a verified domain, unless said otherwise. */
export function trusted(
  email: CanonicalEmail,
  overrides: Partial<AddressTrust & { state: "trusted" }> = {},
): AddressTrust {
  const proof = { to: "everyone" } as const;
  return { state: "trusted", email, rule: "verified-domain", proof, wouldRefuse: null, ...overrides };
}

export function claims(overrides: Partial<VerifiedClaims> = {}): VerifiedClaims {
  return verifiedClaims({
    source: "auth0",
    issuer: "https://login.acme.example/",
    tenant: "default",
    subject: "waad|old",
    machine: null,
    clientId: "console",
    actor: null,
    email: { canonical: JANE_EMAIL },
    emailVerified: false,
    name: null,
    connection: ENTRA.name,
    auth0OrgId: null,
    userId: null,
    sid: null,
    issuedAt: 0,
    expiresAt: 0,
    ...overrides,
  });
}

export function link(overrides: Partial<IdentityLink> = {}): IdentityLink {
  return {
    ...SEAT,
    subject: "waad|old",
    organizationId: ACME,
    email: JANE_EMAIL,
    rule: "verified-domain",
    linkedAt: "2026-11-01T00:00:00.000Z",
    rev: "0",
    ...overrides,
  };
}

/** What is known of a subject that nothing has ended. */
export function subjectFacts(overrides: Partial<SubjectFacts> = {}): SubjectFacts {
  return { ...noFacts({ tenant: SEAT.tenant, subject: "waad|old" }), rev: "0", ...overrides };
}

export function endedSession(overrides: Partial<EndedSession> = {}): EndedSession {
  const { tenant, subject } = link();
  return { tenant, subject, sid: "session", at: 100, keptUntil: 200, rev: "0", ...overrides };
}

/** A window of Acme's connection, from the 20th to the 30th of November. */
export function relinkWindow(overrides: Partial<RelinkWindow> = {}): RelinkWindow {
  return {
    connection: ENTRA.name,
    organizationId: ACME,
    openedAt: "2026-11-20T00:00:00.000Z",
    until: "2026-11-30T00:00:00.000Z",
    from: null,
    rev: "1",
    ...overrides,
  };
}

export function held(subject: string, overrides: Partial<HeldSeat> = {}): HeldSeat {
  return { ...SEAT, subject, rev: "0", ...overrides };
}

/** A directory that knows Jane and Joe by their addresses. */
export async function userAt(email: string): Promise<{ userId: UserId; created: boolean }> {
  return { userId: email === JOE_EMAIL ? JOE : JANE, created: false };
}

export function organization(id: OrganizationId, overrides: Partial<Organization> = {}): Organization {
  return { ...newOrganization(id), rev: "0", ...overrides };
}

/** Acme, which has verified acme.example and signs in through its own connection. */
export function acmeAlone(): MemoryOrganizations {
  return new MemoryOrganizations().put(organization(ACME), {
    domains: ["acme.example"],
    connections: [ENTRA],
  });
}

/** When everything happens. */
export const NOW = "2026-11-25T00:00:00.000Z";
/** What makes an organization closed: its time has just come. */
export const ENDED = { closing: { at: NOW, by: JANE, mail: "sent" } } as const;

export const SETTINGS: TrustSettings & Timed = {
  now: () => new Date(NOW),
  otherStrategies: new Set(["auth0", "email"]),
  trustMode: "enforce",
};

export function userNumber(n: number): UserId {
  return valid(parseUserId(`${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`));
}

export function address(text: string): CanonicalEmail {
  return valid(parseEmail(text));
}

/** What was parsed, which must be valid. */
export function valid<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}
