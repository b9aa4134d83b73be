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

/** A request is answered within 3 s. The rest of that time is for sending the answer. */
const REQUEST_DEADLINE_MS = 2_900;

/** The services that procedures use, built once per process. */
export interface Services extends MembershipPorts {
  readonly verifier: TokenVerifier;
  readonly resolveIdentity: ResolveIdentity;
}

/** One request. A batch is one request: its calls share the identity and the deadline. */
export interface Context {
  readonly ports: MembershipPorts;
  /** Aborts at the deadline of the request. A client that disconnects does not abort it: others may share the work. */
  readonly signal: AbortSignal;
  /** The user of the token, verified and resolved at the first call. */
  identity(): Promise<Identity>;
  /** The organization of the token, see {@link activeOrganization}. */
  activeOrganization(): Promise<OrganizationId | null>;
}

/** The user of a token, who has not been removed from its organization. */
export interface Person {
  readonly identity: Identity;
  /** Null unless the user is an active member of the organization of the token. */
  readonly activeOrganizationId: OrganizationId | null;
}

/** @throws {Refusal} why the user is refused, MEMBERSHIP_REMOVED included */
export async function personOf(context: Context): Promise<Person> {
  const identity = await context.identity();
  return { identity, activeOrganizationId: await context.activeOrganization() };
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
