import type { AddressTrust } from "../address-trust.ts";
import { type VerifiedClaims, verifiedClaims } from "../claims.ts";
import { parseEmail } from "../email.ts";
import type { FirstLogin } from "../first-link.ts";
import { parseUserId, type UserId } from "../identity.ts";
import type { HeldSeat, IdentityLink } from "../identity-link.ts";
import type { Connection } from "../organization.ts";
import { parseOrganizationId } from "../organization.ts";

export const JANE = valid(parseUserId("00000001-0000-4000-8000-000000000000"));
export const JOE = valid(parseUserId("00000002-0000-4000-8000-000000000000"));
export const ACME = valid(parseOrganizationId("acme"));
export const GLOBEX = valid(parseOrganizationId("globex"));
export const JANE_EMAIL = valid(parseEmail("jane@acme.example"));
export const JOE_EMAIL = valid(parseEmail("joe@acme.example"));
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
    trust: { state: "trusted", email: JANE_EMAIL, rule: "verified-domain" } satisfies AddressTrust,
    ...overrides,
  };
}

export function claims(overrides: Partial<VerifiedClaims> = {}): VerifiedClaims {
  return verifiedClaims({
    source: "auth0",
    tenant: "default",
    subject: "waad|old",
    isMachine: false,
    email: { canonical: JANE_EMAIL },
    emailVerified: false,
    connection: ENTRA.name,
    auth0OrgId: null,
    userId: null,
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
    ...overrides,
  };
}

export function held(subject: string, overrides: Partial<HeldSeat> = {}): HeldSeat {
  return { ...SEAT, subject, formerSubject: null, takenOverAt: null, ...overrides };
}

/** A directory that knows Jane and Joe by their addresses. */
export async function userAt(email: string): Promise<UserId> {
  return email === JOE_EMAIL ? JOE : JANE;
}

function valid<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}
