import {
  activeOrganization,
  bearerTokenOf,
  type Identity,
  identityBy,
  type MembershipPorts,
  type Memory,
  personKey,
  type RawHeaders,
  Reads,
  type ResolveIdentity,
  recordReads,
  type TokenVerifier,
} from "../domain/index.ts";
import { once } from "../once.ts";
import { requestSignal } from "./request-signal.ts";
import { type Person, type User, validationOf } from "./user.ts";

/** The services that procedures use, built once per process. */
export interface Services extends MembershipPorts {
  readonly verifier: TokenVerifier<User>;
  readonly people: Memory<Person>;
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
  const { verifier, people, resolveIdentity } = services;
  const signal = requestSignal();
  const reads = new Reads();
  const token = once(() => bearerTokenOf(rawHeaders));
  const remembered = once(() => verifier.recall(token()));

  const verified = once(() => verifier.verify(token(), signal));
  const resolved = once(() => recordReads(reads, async () => resolveIdentity(await verified(), signal)));
  const identity = async () => remembered()?.identity ?? resolved();

  async function judge(key: string): Promise<Person> {
    const identity = await resolved();
    const organizationId = await recordReads(reads, () => activeOrganization(identity, services, signal));
    const isKept = reads.complete && !isReported(identity);
    const person = { identity, organizationId, reads: isKept ? [...reads.cached] : [] };
    people.remember(key, person, person.reads);
    return person;
  }

  const judged = once(async () => {
    const claims = await verified();
    const key = personKey(claims);
    const person = people.recall(key) ?? (await judge(key));
    const { organizationId, reads } = person;
    const identity = identityBy(claims, person.identity);
    const user = { identity, organizationId, validation: validationOf(identity, organizationId) };
    verifier.remember(token(), user, reads);
    return user;
  });
  const user = async () => remembered() ?? judged();

  return { ports: services, signal, identity, user };
}

/** Report mode logs each request that it lets through. */
function isReported({ trust }: Identity): boolean {
  return trust.state === "trusted" && trust.wouldRefuse !== null;
}
