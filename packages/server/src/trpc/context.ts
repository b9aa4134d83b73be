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
import { once } from "../once.ts";

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
  /**
   * The organization of the token, if the user is an active member there.
   * @throws {Refusal} MEMBERSHIP_REMOVED if the user was removed from it
   */
  activeOrganization(): Promise<OrganizationId | null>;
}

export function createContext(services: Services, rawHeaders: RawHeaders): Context {
  const signal = once(() => AbortSignal.timeout(REQUEST_DEADLINE_MS));
  const identity = once(async () => {
    const claims = await services.verifier.verify(bearerTokenOf(rawHeaders), signal());
    return services.resolveIdentity(claims, signal());
  });
  return {
    ports: services,
    get signal() {
      return signal();
    },
    identity,
    activeOrganization: once(async () => activeOrganization(await identity(), services, signal())),
  };
}
