import { type ClaimedActor, Refusal, type UnverifiedClaims } from "../../domain/index.ts";
import { readIdentifier, readOptionalIdentifier } from "./identifiers.ts";
import { isJsonObject, memberOf } from "./strict-json.ts";

const MAX_ACTORS = 4;

/**
 * RFC 7800 §3.1: the sender of such a token must prove that they hold the key (DPoP, mutual TLS). Nothing here can check
 * the proof, so the token must not be taken as a bearer token.
 */
export function refuseBound(claims: UnverifiedClaims): void {
  if (Object.hasOwn(claims, "cnf")) throw new Refusal("TOKEN_INVALID", "cnf: bound to a key");
}

/** `azp` in Auth0's own dialect (OIDC Core §2), `client_id` in that of RFC 9068 §2.2. */
export function readClientId(claims: UnverifiedClaims): string | null {
  const azp = readOptionalClientId(claims, "azp");
  const clientId = readOptionalClientId(claims, "client_id");
  if (azp !== null && clientId !== null && azp !== clientId)
    throw new Refusal("TOKEN_INVALID", "azp and client_id: two different applications");
  return azp ?? clientId;
}

/** RFC 6749 appendix A.1: printable ASCII. */
function readOptionalClientId(claims: UnverifiedClaims, name: string): string | null {
  const clientId = readOptionalIdentifier(claims, name);
  if (clientId !== null && !/^[\x20-\x7e]+$/.test(clientId))
    throw new Refusal("TOKEN_INVALID", `${name}: not printable ASCII`);
  return clientId;
}

/** RFC 8693 §4.1: the outermost `act` is who acts now; those inside it acted before, and only their shape is checked. */
export function readActor(claims: UnverifiedClaims, clientId: string | null): ClaimedActor | null {
  if (!Object.hasOwn(claims, "act")) return null;
  const actors: UnverifiedClaims[] = [];
  for (let within = claims; Object.hasOwn(within, "act"); ) {
    const actor = memberOf(within, "act");
    if (!isJsonObject(actor)) throw new Refusal("TOKEN_INVALID", "act: not an object");
    readIdentifier(actor, "sub", "act.sub");
    if (actors.push(actor) > MAX_ACTORS) throw new Refusal("TOKEN_INVALID", "act: more than 4 deep");
    within = actor;
  }
  const [current = {}] = actors;
  const isOurs = [undefined, memberOf(claims, "iss")].includes(memberOf(current, "iss"));
  return {
    subject: isOurs ? readIdentifier(current, "sub") : null,
    clientId: readOptionalClientId(current, "client_id") ?? clientId,
  };
}

/**
 * What says that the token is a machine's. Auth0: the client credentials grant has a `gty`, its RFC 9068 profile only the
 * subject; an agent is an `agt_` or has a `sub_profile` (draft-mcguinness-oauth-actor-profile).
 */
export function machineSign(
  claims: UnverifiedClaims,
  subject: string,
  clientId: string | null,
): string | null {
  // In whatever shape: no issuer is known to send another one, and a machine must never be taken for a user.
  if (/client[-_ ]?credentials/i.test(JSON.stringify(memberOf(claims, "gty")) ?? ""))
    return "its gty is client-credentials";
  if (subject.endsWith("@clients")) return "its sub ends in @clients";
  if (subject === clientId) return "its sub is its application";
  if (subject.startsWith("agt_")) return "its sub is an agent's (agt_)";
  const profile = memberOf(claims, "sub_profile");
  return profile === undefined || profile === "user" ? null : "its sub_profile is not user";
}
