import type { ServicePermission } from "../../wire/index.ts";
import type { TrustSettings } from "../login/address-trust.ts";
import { subjectParts } from "../login/login.ts";
import { Refusal, refusal } from "../refusal.ts";
import { ENTERPRISE_STRATEGIES } from "../strategy.ts";
import type { VerifiedClaims } from "../token/claims.ts";

/** The machines that operators have listed, by their client ids at Auth0, each with what it may do. */
export type ServiceClients = ReadonlyMap<string, ReadonlySet<ServicePermission>>;

/** A machine that operators have listed. It has no user id. Minted by {@link serviceOf} alone. */
export interface Service {
  readonly Service: unique symbol;
  readonly clientId: string;
  readonly permissions: ReadonlySet<ServicePermission>;
}

/** What a verified token says of whom it was issued to: a person's has the first alone. */
export interface PrincipalSigns {
  /** What says that it is a person's; null if nothing does. */
  readonly person: string | null;
  /** What says that it is a machine's, or that nothing says that it is a person's; null for a person's. */
  readonly machine: string | null;
}

type PersonSettings = Pick<TrustSettings, "otherStrategies">;

/**
 * Whose a token is. A person's says so, and nothing in it says machine. Every other one is a machine's, so that a new kind
 * of token is never taken for a person's.
 */
export function signsOf(claims: VerifiedClaims, settings: PersonSettings): PrincipalSigns {
  const person = personSign(claims, settings);
  return { person, machine: claims.machine ?? (person === null ? UNKNOWN : null) };
}

const UNKNOWN = "it has no connection claim, and its sub begins with no known strategy";

function personSign(
  { source, connection, subject }: VerifiedClaims,
  { otherStrategies }: PersonSettings,
): string | null {
  if (source === "platform") return "it is a legacy token";
  if (connection !== null) return "it has a connection claim";
  const strategy = subjectParts(subject).strategy ?? "";
  const isKnown = ENTERPRISE_STRATEGIES.includes(strategy) || otherStrategies.has(strategy);
  return isKnown ? `its sub begins with the strategy ${strategy}` : null;
}

/**
 * The service whose own token it is. It takes as much to be a service as to be a person: something says machine, and
 * nothing says person. So no person is ever a service, whatever application they use.
 * @throws {Refusal} CLIENT_NOT_ALLOWED for a person's token, a delegated one, and a machine that is not listed
 */
export function serviceOf(
  claims: VerifiedClaims,
  { serviceClients, ...settings }: PersonSettings & { readonly serviceClients: ServiceClients },
): Service {
  const { clientId } = claims;
  const problem = noServiceSign(claims, settings);
  if (problem !== null) throw refusal("CLIENT_NOT_ALLOWED", `the token is not a service's: ${problem}`);
  const permissions = clientId === null ? undefined : serviceClients.get(clientId);
  if (permissions !== undefined) return { clientId, permissions } as Service;
  const application = clientId ?? "that the token does not name";
  throw new Refusal("CLIENT_NOT_ALLOWED", `the application ${application} is not in SERVICE_CLIENTS`);
}

/** What keeps the token from being a machine's own. */
function noServiceSign(claims: VerifiedClaims, settings: PersonSettings): string | null {
  if (claims.source !== "auth0") return "its issuer is not Auth0";
  if (claims.actor !== null) return "somebody acts with it for another";
  return personSign(claims, settings) ?? (claims.machine === null ? "nothing in it says machine" : null);
}

/** @throws {Refusal} ROLE_REQUIRED */
export function requirePermission({ permissions }: Service, permission: ServicePermission): void {
  if (permissions.has(permission)) return;
  throw refusal("ROLE_REQUIRED", `SERVICE_CLIENTS does not give this service the permission ${permission}`);
}
