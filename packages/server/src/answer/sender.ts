import {
  activeOrganization,
  type BearerToken,
  bearerTokenOf,
  type Identity,
  type IdentityLinks,
  identityBy,
  isRefusedReason,
  type MembershipPorts,
  type Memory,
  personKey,
  type RawHeaders,
  type ReadAhead,
  Reads,
  type Reason,
  Refusal,
  type RefusalLog,
  type RequestTrace,
  type ResolveIdentity,
  recordReads,
  refuseDelegated,
  refuseEndedToken,
  requirePermission,
  type Service,
  type ServiceClients,
  type ServicePermission,
  type SingleFlight,
  serviceOf,
  signsOf,
  type TokenVerifier,
  traceRequest,
  type VerifiedClaims,
} from "../domain/index.ts";
import { type CountCall, limitCalls } from "./call-limit.ts";
import { requestSignal } from "./request-signal.ts";
import { type Person, type Principal, type User, validationOf } from "./user.ts";

/** What tells who sends a request, built once per process. */
export interface SenderPorts extends MembershipPorts {
  readonly verifier: TokenVerifier<User>;
  readonly people: Memory<Person>;
  /** Who is being judged now, so that a user's first requests, which come together, read and write once. */
  readonly judging: SingleFlight<Person>;
  readonly resolveIdentity: ResolveIdentity;
  /** The same with the link, the block and the connection as they are stored, not as they are cached. */
  readonly resolveStoredIdentity: ResolveIdentity;
  readonly links: IdentityLinks;
  readonly readAhead: ReadAhead;
  readonly serviceClients: ServiceClients;
  readonly refusals: RefusalLog;
  /** By client address. */
  readonly rateLimits: { readonly failedTokens: CountCall };
}

/** Who sends a request, as the transport knows it. */
export interface Caller {
  readonly rawHeaders: RawHeaders;
  readonly trace: RequestTrace;
  /** The key by which its client is limited. */
  address(): string;
  /** Default: it aborts at the deadline of a request that starts now. */
  readonly signal?: AbortSignal;
}

/** What a change will be judged by, if its input names it well. */
type Named = Omit<Parameters<ReadAhead>[0], "claims">;

/** Who sends one request. A batch is one request: its calls share the user and the deadline. */
export class Sender {
  /** Aborts at the deadline of the request. A client that disconnects does not abort it: others may share the work. */
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly #ports: SenderPorts;
  readonly #reads = new Reads();
  #readToken: BearerToken | null = null;
  /** Undefined until it was looked for. */
  #remembered: User | null | undefined;
  #verified: Promise<VerifiedClaims> | null = null;
  #resolved: Promise<Identity> | null = null;
  #stored: Promise<Identity> | null = null;
  #judged: Promise<User> | null = null;
  /** What passes through several of these promises. */
  #noted: Refusal | null = null;

  constructor(ports: SenderPorts, caller: Caller) {
    this.#ports = ports;
    this.caller = caller;
    this.signal = caller.signal ?? requestSignal();
  }

  /** Who sent another token, as part of the same request: a caller asks about it. */
  ofToken(token: string): Sender {
    const rawHeaders = ["authorization", `Bearer ${token}`];
    return new Sender(this.#ports, { ...this.caller, rawHeaders, signal: this.signal });
  }

  /** Does work on behalf of the request: what it asks of the store then comes before what younger requests ask. */
  traced<T>(work: () => T): T {
    return traceRequest(this.caller.trace, work);
  }

  /** Who sent the token, verified and resolved at the first call, or remembered while all of that is current. */
  async identity(): Promise<Identity> {
    return this.#recall()?.identity ?? this.#resolve();
  }

  /**
   * The same by what is stored, for what changes something: who was blocked a moment ago changes nothing.
   * @param named by the input of the change
   * @throws {Refusal} DELEGATION_NOT_ALLOWED for a delegated token
   */
  storedIdentity(named: () => Promise<Named>): Promise<Identity> {
    this.#stored ??= this.noting(this.#resolveStored(named));
    return this.#stored;
  }

  /**
   * The same with the organization of the token.
   * @throws {Refusal} MEMBERSHIP_REMOVED if the user was removed from that organization
   */
  async user(): Promise<User> {
    const remembered = this.#recall();
    if (remembered !== null) return remembered;
    this.#judged ??= this.noting(this.#judge());
    return this.#judged;
  }

  /**
   * The service whose own token it is.
   * @throws {Refusal} CLIENT_NOT_ALLOWED for a person's token and a machine that is not listed; ROLE_REQUIRED for a service
   * without the permission
   */
  async service(permission: ServicePermission): Promise<Service> {
    const service = serviceOf(await this.#verify(), this.#ports);
    requirePermission(service, permission);
    return service;
  }

  /**
   * Whose token it is.
   * @throws {Refusal} as {@link user} for a person's token; CLIENT_NOT_ALLOWED for a machine that is not listed
   */
  async principal(): Promise<Principal> {
    const isPerson = this.#recall() !== null || signsOf(await this.#verify(), this.#ports).machine === null;
    if (isPerson) return { kind: "user", user: await this.user() };
    return { kind: "service", service: serviceOf(await this.#verify(), this.#ports) };
  }

  /** Notes a refusal of somebody whose token is genuine, once, beside the answer. */
  noting<T>(judged: Promise<T>): Promise<T> {
    judged.catch((error: unknown) => {
      if (!(error instanceof Refusal) || !error.isNoted || error === this.#noted) return;
      this.#noted = error;
      void this.#note(error.reason);
    });
    return judged;
  }

  /** Notes that no organization may have let the user in. */
  noteOutside({ claims, userId }: Identity): void {
    this.#ports.refusals.note({ claims, reason: "NOT_A_MEMBER", userId });
  }

  /**
   * Counts a call that is refused for its token. An expired one does not count, because every token expires.
   * @throws the refusal, or RATE_LIMITED in its place. A valid token is never counted nor limited
   */
  counted<T>(known: Promise<T>): Promise<T> {
    return known.catch((refusal: unknown) => {
      if (refusal instanceof Refusal && refusal.reason === "TOKEN_INVALID") {
        limitCalls(
          this.#ports.rateLimits.failedTokens,
          this.caller.address(),
          "failed tokens from one address",
        );
      }
      throw refusal;
    });
  }

  async #note(reason: Reason): Promise<void> {
    if (!isRefusedReason(reason)) return;
    const unknown = () => null;
    const identity = this.#remembered?.identity ?? (await (this.#stored ?? this.#resolved)?.catch(unknown));
    const claims = identity?.claims ?? (await this.#verified?.catch(unknown));
    if (claims) this.#ports.refusals.note({ claims, reason, userId: identity?.userId ?? null });
  }

  #token(): BearerToken {
    this.#readToken ??= bearerTokenOf(this.caller.rawHeaders);
    return this.#readToken;
  }

  #recall(): User | null {
    if (this.#remembered === undefined) this.#remembered = this.#ports.verifier.recall(this.#token());
    return this.#remembered;
  }

  #verify(): Promise<VerifiedClaims> {
    this.#verified ??= this.#ports.verifier.verify(this.#token(), this.signal);
    return this.#verified;
  }

  #resolve(): Promise<Identity> {
    const resolve = async () => this.#ports.resolveIdentity(await this.#verify(), this.signal);
    this.#resolved ??= this.noting(this.traced(() => recordReads(this.#reads, resolve)));
    return this.#resolved;
  }

  async #resolveStored(named: () => Promise<Named>): Promise<Identity> {
    const claims = await this.#verify();
    refuseDelegated(claims);
    const expected = { claims, ...(await named()) };
    return this.traced(() => {
      this.#ports.readAhead(expected, this.signal).catch(() => {});
      return this.#ports.resolveStoredIdentity(claims, this.signal);
    });
  }

  async #judge(): Promise<User> {
    const { people, judging, verifier } = this.#ports;
    const claims = await this.#verify();
    const key = personKey(claims);
    const person = people.recall(key) ?? (await judging.join(key, () => this.#judgePerson(key), this.signal));
    if (isReported(person.identity)) await this.#resolve(); // also for a request that joined another
    await this.#refuseEnded(claims, person.identity);
    const { organization, reads } = person;
    const identity = identityBy(claims, person.identity);
    const user = { identity, organization, validation: person.validationUntil(claims) };
    const isKept = reads.length > 0 && this.#stored === null && this.#reads.complete;
    verifier.remember(this.#token(), user, isKept ? [...new Set([...reads, ...this.#reads.cached])] : []);
    return user;
  }

  /** What has ended this token, which the person's other tokens say nothing of. Asked by who has resolved it themselves. */
  async #refuseEnded(claims: VerifiedClaims, person: Identity): Promise<void> {
    const resolving = this.#stored ?? this.#resolved;
    if (resolving !== null) return void (await resolving);
    const ask = () => refuseEndedToken(claims, person, this.#ports.links, this.signal);
    await this.traced(() => recordReads(this.#reads, ask));
  }

  async #judgePerson(key: string): Promise<Person> {
    const identity = await (this.#stored ?? this.#resolve());
    const ask = () => activeOrganization(identity, this.#ports, this.signal);
    const organization = await this.traced(() => recordReads(this.#reads, ask));
    if (organization === null && identity.login.via === "sso") this.noteOutside(identity);
    const isKept = this.#stored === null && this.#reads.complete && !isReported(identity);
    const person: Person = {
      identity: identityBy(identity.claims, identity),
      organization,
      // What was read a moment ago decides for no later request.
      reads: isKept ? [...this.#reads.cached] : [],
      validationUntil: validationOf(identity, organization?.id ?? null),
    };
    this.#ports.people.remember(key, person, person.reads);
    return person;
  }
}

/** Report mode logs each request that it lets through. */
function isReported({ trust }: Identity): boolean {
  return trust.state === "trusted" && trust.wouldRefuse !== null;
}
