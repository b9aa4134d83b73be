import { type CountCall, limitCalls, type Sender, type SenderPorts } from "../answer/index.ts";
import type {
  AdminClients,
  Identity,
  IdentityLinks,
  MembershipPorts,
  OrganizationId,
  ServicePermission,
  Stores,
  UserId,
} from "../domain/index.ts";
import { namedIn } from "./schemas.ts";

/** The services that procedures use, built once per process. */
export interface Services extends SenderPorts {
  readonly adminClients: AdminClients;
  /** By client address; changes, and what administrators read, by person and organization; services by permission and client id. */
  readonly rateLimits: Readonly<
    Record<"discover" | "failedTokens" | "mutations" | "reads" | "services", CountCall>
  >;
  readonly administration: Stores;
}

/** One request, with what its calls work on. */
export interface Context {
  readonly sender: Sender;
  /** That of {@link sender}. */
  readonly signal: AbortSignal;
  readonly ports: MembershipPorts & { readonly links: IdentityLinks };
  readonly administration: Stores;
  readonly adminClients: AdminClients;
  /** Counts a discovery of this client. @throws {Refusal} RATE_LIMITED */
  countDiscovery(): void;
  /** Counts a change that a person makes in an organization, or to themselves, or so many. @throws {Refusal} RATE_LIMITED */
  countMutation(userId: UserId, organizationId: OrganizationId | null, times?: number): void;
  /** Counts what an administrator reads of an organization. @throws {Refusal} RATE_LIMITED */
  countRead(userId: UserId, organizationId: OrganizationId): void;
  /**
   * Counts what a service asks with a permission: the invalid tokens that strangers make it ask about take nothing from the
   * work that it watches. @throws {Refusal} RATE_LIMITED
   */
  countService(clientId: string, permission: ServicePermission): void;
}

export function createContext(services: Services, sender: Sender): Context {
  const { administration, adminClients, rateLimits } = services;
  return {
    sender,
    signal: sender.signal,
    ports: services,
    administration,
    adminClients,
    countDiscovery: () =>
      limitCalls(rateLimits.discover, sender.caller.address(), "discoveries from one address"),
    countMutation: (userId, organizationId, times) =>
      limitCalls(rateLimits.mutations, `${userId} ${organizationId ?? ""}`, "changes by one person", times),
    countRead: (userId, organizationId) =>
      limitCalls(rateLimits.reads, `${userId} ${organizationId}`, "reads by one person"),
    countService: (clientId, permission) =>
      limitCalls(rateLimits.services, `${permission} ${clientId}`, "calls of one service"),
  };
}

/**
 * Who sends a change, see {@link Sender.storedIdentity}.
 * @param input of the procedure. A bad one names nothing, and is refused where it is checked
 */
export function storedIdentity(
  { sender }: Pick<Context, "sender">,
  input: () => Promise<unknown>,
): Promise<Identity> {
  return sender.storedIdentity(async () => namedIn.parse(await input().catch(() => null)));
}
