import {
  type Changes,
  createIdentityResolver,
  type IdentityLink,
  type IdentityResolverOptions,
  type LoginId,
  loginIdOf,
  type Membership,
  type MembershipPorts,
  parseUserId,
  type RegisteredUsers,
  type RelinkWindows,
  type Speakers,
  type SpeakersStore,
  type StoredLinks,
  type Transactions,
  type UserDirectory,
  type UserId,
} from "../domain/index.ts";

/** Stands for the user that a login would create. Never stored. */
export const NEW_USER = parseUserId(crypto.randomUUID());

export interface PersonPorts extends Omit<MembershipPorts, "audit" | "storedLinks"> {
  readonly links: StoredLinks;
  readonly windows: RelinkWindows;
  readonly directory: RegisteredUsers;
}

/** The resolver of `serve` without its writes, and the other ports of the same login. */
export function dryResolver(
  { links, windows, directory, ...stored }: PersonPorts,
  wouldRefuse: IdentityResolverOptions["wouldRefuse"],
) {
  const { newMemberships, ...ports } = dryPorts({ ...stored, links });
  const resolve = createIdentityResolver({
    ...ports,
    windows,
    links: ports.storedLinks,
    takenSeats: { find: () => null, add() {} }, // an explanation shows the rules in their order
    directory: dryDirectory(directory),
    wouldRefuse,
  });
  return { resolve, ports, newMemberships };
}

/** Finds existing users only; creates none. */
function dryDirectory(directory: RegisteredUsers): UserDirectory {
  return {
    async ensureUser(email, signal) {
      const userId = await directory.find(email, signal);
      if (userId !== null) return { userId, created: false };
      if (NEW_USER === null) throw new Error("a random UUID does not parse");
      return { userId: NEW_USER, created: true };
    },
  };
}

/** The memberships that a login would create. */
export interface NewMemberships {
  isNew(membership: Membership): boolean;
}

/** The other ports of a login, without their writes. Its later steps read what the earlier ones would have stored. */
function dryPorts({
  links,
  speakers,
  memberships,
  ...ports
}: Omit<MembershipPorts, "audit" | "storedLinks"> & { readonly links: StoredLinks }) {
  const made = new Map<LoginId, IdentityLink>();
  const members = new Set<Membership>();
  const replaced = new Map<UserId, Speakers>();
  const commit = async ({ writes }: Pick<Changes, "writes">) => {
    for (const { item, next } of writes) {
      if (item === "link" && next !== null) made.set(loginIdOf(next), next);
      if (item === "speakers" && next !== null) replaced.set(next.userId, next);
      if (item === "membership" && next !== null) members.add(next);
    }
    return true;
  };
  return {
    ...ports,
    memberships: { ...memberships, release: async () => {} } satisfies MembershipPorts["memberships"],
    storedLinks: {
      ...links,
      find: async (key, signal) => made.get(loginIdOf(key)) ?? links.find(key, signal),
      findSubject: async (key, signal) => {
        const found = await links.findSubject(key, signal);
        return { ...found, link: made.get(loginIdOf(key)) ?? found.link };
      },
    } satisfies StoredLinks,
    speakers: {
      find: async (userId, signal) => replaced.get(userId) ?? speakers.find(userId, signal),
    } satisfies SpeakersStore,
    transactions: { commit, backoff: async () => {} } satisfies Transactions,
    newMemberships: { isNew: (membership) => members.has(membership) } satisfies NewMemberships,
    audit: { append: async () => {} },
  };
}
