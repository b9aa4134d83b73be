import {
  activeOrganization,
  bearerTokenOf,
  type Identity,
  type MembershipPorts,
  type OrganizationId,
  type RawHeaders,
  type ResolveIdentity,
  type TokenVerifier,
} from "../domain/index.ts";

/** A request is answered within 3 s; what is left is for the answer itself. */
const REQUEST_DEADLINE_MS = 2_900;

/** What the procedures work with, built once per process. */
export interface Services extends MembershipPorts {
  readonly verifier: TokenVerifier;
  readonly resolveIdentity: ResolveIdentity;
}

/** One request. A batch is one request: its calls share the identity and the deadline. */
export interface Context {
  readonly ports: MembershipPorts;
  /** Aborts at the deadline of the request; not when its client goes away, others may wait for the same work. */
  readonly signal: AbortSignal;
  /** Whose token this is: verified and resolved at the first call, by whichever procedure makes it. */
  identity(): Promise<Identity>;
  /** The organization of the token, see {@link activeOrganization}. */
  activeOrganization(): Promise<OrganizationId | null>;
}

export function createContext(services: Services, rawHeaders: RawHeaders): Context {
  let signal: AbortSignal | undefined;
  let identity: Promise<Identity> | undefined;
  let active: Promise<OrganizationId | null> | undefined;
  const context: Context = {
    ports: services,
    get signal() {
      signal ??= AbortSignal.timeout(REQUEST_DEADLINE_MS);
      return signal;
    },
    identity() {
      identity ??= identify(services, rawHeaders, context.signal);
      return identity;
    },
    activeOrganization() {
      active ??= context.identity().then((person) => activeOrganization(person, services, context.signal));
      return active;
    },
  };
  return context;
}

async function identify(services: Services, rawHeaders: RawHeaders, signal: AbortSignal): Promise<Identity> {
  const claims = await services.verifier.verify(bearerTokenOf(rawHeaders), signal);
  return services.resolveIdentity(claims, signal);
}
