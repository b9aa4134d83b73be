import {
  type AdminClients,
  activeOrganization,
  bearerTokenOf,
  type Identity,
  identityBy,
  type MembershipPorts,
  type Memory,
  type OrganizationId,
  personKey,
  type RawHeaders,
  type ReadAhead,
  Reads,
  Refusal,
  type RequestTrace,
  type ResolveIdentity,
  recordReads,
  refuseAdministration,
  refuseDelegated,
  type SingleFlight,
  type Stores,
  type TokenVerifier,
  traceRequest,
  type UserId,
} from "../domain/index.ts";
import { once } from "../once.ts";
import { requestSignal } from "./request-signal.ts";
import { namedIn } from "./schemas.ts";
import { type Person, type User, validationOf } from "./user.ts";

/**
 * Counts one call by its key.
 * @returns how many seconds it takes until the key may call again; null if this call is within the limit
 */
export type CountCall = (key: string) => number | null;

/** The services that procedures use, built once per process. */
export interface Services extends MembershipPorts {
  readonly verifier: TokenVerifier<User>;
  readonly people: Memory<Person>;
  /** Who is being judged now, so that a user's first requests, which come together, read and write once. */
  readonly judging: SingleFlight<Person>;
  readonly resolveIdentity: ResolveIdentity;
  /** The same with the link, the block and the connection as they are stored, not as they are cached. */
  readonly resolveStoredIdentity: ResolveIdentity;
  readonly readAhead: ReadAhead;
  readonly adminClients: AdminClients;
  /** By client address; changes by person and organization. */
  readonly rateLimits: Readonly<Record<"discover" | "failedTokens" | "mutations", CountCall>>;
  readonly administration: Stores;
}

/** Who sends a request, as the transport knows it. */
export interface Caller {
  readonly rawHeaders: RawHeaders;
  readonly trace: RequestTrace;
  /** The key by which its client is limited. */
  address(): string;
}

/** One request. A batch is one request: its calls share the user and the deadline. */
export interface Context {
  readonly ports: MembershipPorts;
  readonly administration: Stores;
  /** Does work on behalf of the request: what it asks of the store then comes before what younger requests ask. */
  traced<T>(work: () => T): T;
  /** Aborts at the deadline of the request. A client that disconnects does not abort it: others may share the work. */
  readonly signal: AbortSignal;
  /** Who sent the token, verified and resolved at the first call, or remembered while all of that is current. */
  identity(): Promise<Identity>;
  /**
   * The same by what is stored, for what changes something: who was blocked a moment ago changes nothing.
   * @param input of the procedure, which tells what will be read
   * @throws {Refusal} DELEGATION_NOT_ALLOWED for a delegated token
   */
  storedIdentity(input: () => Promise<unknown>): Promise<Identity>;
  /** @throws {Refusal} DELEGATION_NOT_ALLOWED; CLIENT_NOT_ALLOWED for an application that may not administer */
  requireAdministrator(identity: Identity): void;
  /**
   * The same with the organization of the token.
   * @throws {Refusal} MEMBERSHIP_REMOVED if the user was removed from that organization
   */
  user(): Promise<User>;
  /** Counts a discovery of this client. @throws {Refusal} RATE_LIMITED */
  countDiscovery(): void;
  /** Counts a change that a person makes in an organization. @throws {Refusal} RATE_LIMITED */
  countMutation(userId: UserId, organizationId: OrganizationId): void;
  /**
   * Counts a call that was refused for its token. An expired one does not count, because every token expires.
   * @throws the refusal, or RATE_LIMITED in its place. A valid token is never counted nor limited
   */
  countRefusal(refusal: unknown): Promise<never>;
}

export function createContext(services: Services, { rawHeaders, trace, address }: Caller): Context {
  const { verifier, people, judging, resolveIdentity, rateLimits } = services;
  const signal = requestSignal();
  const reads = new Reads();
  const token = once(() => bearerTokenOf(rawHeaders));
  const remembered = once(() => verifier.recall(token()));

  const traced = <T>(work: () => T) => traceRequest(trace, work);
  const verified = once(() => verifier.verify(token(), signal));
  const resolved = once(() => {
    const resolve = async () => resolveIdentity(await verified(), signal);
    return traced(() => recordReads(reads, resolve));
  });
  const identity = async () => remembered()?.identity ?? resolved();
  let stored: Promise<Identity> | null = null;
  const resolveStored = async (input: () => Promise<unknown>) => {
    const claims = await verified();
    refuseDelegated(claims);
    const about = namedIn.parse(await input().catch(() => null)); // a bad input is refused where it is checked
    return traced(() => {
      services.readAhead({ claims, ...about }, signal).catch(() => {});
      return services.resolveStoredIdentity(claims, signal);
    });
  };
  const storedIdentity = (input: () => Promise<unknown>) => (stored ??= resolveStored(input));

  async function judge(key: string): Promise<Person> {
    const identity = await (stored ?? resolved());
    const ask = () => activeOrganization(identity, services, signal);
    const organization = await traced(() => recordReads(reads, ask));
    const isKept = stored === null && reads.complete && !isReported(identity);
    const person: Person = {
      // What was read a moment ago decides for no later request.
      ...{
        identity: identityBy(identity.claims, identity),
        organization,
        reads: isKept ? [...reads.cached] : [],
      },
      validationUntil: validationOf(identity, organization?.id ?? null),
    };
    people.remember(key, person, person.reads);
    return person;
  }

  const judged = once(async () => {
    const claims = await verified();
    const key = personKey(claims);
    const person = people.recall(key) ?? (await judging.join(key, () => judge(key), signal));
    if (isReported(person.identity)) await resolved(); // also for a request that joined another
    const { organization, reads } = person;
    const identity = identityBy(claims, person.identity);
    const user = { identity, organization, validation: person.validationUntil(claims.expiresAt) };
    verifier.remember(token(), user, reads);
    return user;
  });
  const user = async () => remembered() ?? judged();

  return {
    ports: services,
    administration: services.administration,
    signal,
    traced,
    identity,
    storedIdentity,
    user,
    requireAdministrator: ({ claims }) => refuseAdministration(claims, services.adminClients),
    countDiscovery: () => limit(rateLimits.discover, address(), "discoveries from one address"),
    countMutation: (userId, organizationId) =>
      limit(rateLimits.mutations, `${userId} ${organizationId}`, "changes by one person"),
    async countRefusal(refusal) {
      if (refusal instanceof Refusal && refusal.reason === "TOKEN_INVALID") {
        limit(rateLimits.failedTokens, address(), "failed tokens from one address");
      }
      throw refusal;
    },
  };

  function limit(count: CountCall, key: string, what: string): void {
    const retryAfterSeconds = count(key);
    if (retryAfterSeconds === null) return;
    throw new Refusal("RATE_LIMITED", `too many ${what}`, { retryAfterSeconds });
  }
}

/** Report mode logs each request that it lets through. */
function isReported({ trust }: Identity): boolean {
  return trust.state === "trusted" && trust.wouldRefuse !== null;
}
