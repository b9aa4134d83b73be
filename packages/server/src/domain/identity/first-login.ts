import { domainOf } from "../email.ts";
import type { Assessment, TrustSettings } from "../login/address-trust.ts";
import { connectionNameOf, type Login, organizationIdOf } from "../login/login.ts";
import { Refusal } from "../refusal.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { UserId } from "../user-id.ts";
import type { LinkRule } from "./identity-link.ts";

const OFF = { unknown: "is not registered", disabled: "is switched off", removed: "was removed" } as const;

/** The login of a subject that has no link yet, judged by the store. */
export interface FirstLogin extends Assessment {
  readonly claims: VerifiedClaims;
}

/**
 * Removing a connection ends every login through it, linked or not.
 * @throws {Refusal} DOMAIN_NOT_ALLOWED for an SSO login through a connection that is not registered and enabled
 */
export function refuseUnregistered(login: Login, { trustMode }: Pick<TrustSettings, "trustMode">): void {
  if (login.via !== "unregistered" || trustMode === "report") return;
  const { connectionName: name, state } = login;
  throw new Refusal("DOMAIN_NOT_ALLOWED", `the connection ${name} ${OFF[state]}`);
}

/** @throws {Refusal} why a first login with this address is not trusted */
export function refuseUntrusted({ claims, login, trust }: FirstLogin): void {
  if (trust.state === "refused") {
    // What an operator needs to fix it: the connection and the domain, never the address.
    const domain = "canonical" in claims.email ? ` for the domain ${domainOf(claims.email.canonical)}` : "";
    const connection = connectionNameOf(login);
    throw new Refusal(trust.reason, `a first login through connection ${connection} is not trusted${domain}`);
  }
  if (trust.state === "absent" && claims.userId === null) {
    throw new Refusal("EMAIL_MISSING", "a first login needs an address or a signed user id");
  }
}

/** The rule that a first login is linked by. */
export function linkRuleOf({ claims, trust }: FirstLogin): LinkRule {
  return claims.userId !== null || trust.state !== "trusted" ? "claim" : trust.rule;
}

/** What the audit says of a login. */
export function aboutLogin({ claims, login }: Pick<FirstLogin, "claims" | "login">, userId: UserId) {
  const { tenant, subject, clientId: via } = claims;
  const organizationId = organizationIdOf(login);
  return { userId, organizationId, tenant, subject, via, connection: connectionNameOf(login) };
}
