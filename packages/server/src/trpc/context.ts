import {
  activeOrganization,
  bearerTokenOf,
  type Identity,
  type MembershipPorts,
  type RawHeaders,
  Reads,
  type ResolveIdentity,
  recordReads,
  type TokenVerifier,
} from "../domain/index.ts";
import { once } from "../once.ts";
import { requestSignal } from "./request-signal.ts";
import { type User, validationOf } from "./user.ts";

/** The services that procedures use, built once per process. */
export interface Services extends MembershipPorts {
  readonly verifier: TokenVerifier<User>;
  readonly resolveIdentity: ResolveIdentity;
}

/** One request. A batch is one request: its calls share the user and the deadline. */
export interface Context {
  readonly ports: MembershipPorts;
  /** Aborts at the deadline of the request. A client that disconnects does not abort it: others may share the work. */
  readonly signal: AbortSignal;
  /** Who sent the token, verified and resolved at the first call, or remembered while all of that is current. */
  identity(): Promise<Identity>;
  /**
   * The same with the organization of the token.
   * @throws {Refusal} MEMBERSHIP_REMOVED if the user was removed from that organization
   */
  user(): Promise<User>;
}

export function createContext(services: Services, rawHeaders: RawHeaders): Context {
  const { verifier, resolveIdentity } = services;
  const signal = requestSignal();
  const reads = new Reads();
  const token = once(() => bearerTokenOf(rawHeaders));
  const remembered = once(() => verifier.recall(token()));

  const resolved = once(() =>
    recordReads(reads, async () => resolveIdentity(await verifier.verify(token(), signal), signal)),
  );
  const identity = async () => remembered()?.identity ?? resolved();

  const judged = once(async () => {
    const identity = await resolved();
    const organizationId = await recordReads(reads, () => activeOrganization(identity, services, signal));
    const user = { identity, organizationId, validation: validationOf(identity, organizationId) };
    if (reads.complete && !isReported(identity)) verifier.remember(token(), user, reads.cached);
    return user;
  });
  const user = async () => remembered() ?? judged();

  return { ports: services, signal, identity, user };
}

/** Report mode logs each request that it lets through. */
function isReported({ trust }: Identity): boolean {
  return trust.state === "trusted" && trust.wouldRefuse !== null;
}
