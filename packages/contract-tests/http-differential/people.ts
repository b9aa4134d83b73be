import { createHash } from "node:crypto";
import {
  type Membership,
  type OrganizationId,
  parseEmail,
  parseOrganizationId,
  parseUserId,
  Refusal,
  type UserDirectory,
  type UserId,
} from "@platform-api/server/domain";
import { membership } from "../../server/src/domain/testing/memory-ports.ts";
import { ACME, link, organization } from "../../server/src/domain/testing/people.ts";
import { type MemoryStores, memoryStores } from "../in-process/memory-stores.ts";

const TENANT = "acme";

/** Linked users: address, subject and connection of the first login. */
const LINKED = {
  jane: ["jane@acme.example", "waad|jane", "acme-entra"],
  blocked: ["blocked@acme.example", "waad|blocked", "acme-entra"],
  removed: ["removed@acme.example", "waad|removed", "acme-entra"],
  owner: ["owner@acme.example", "waad|owner", "acme-entra"],
  joe: ["joe@forge.example", "auth0|joe", "auth0"],
  invited: ["guest@partner.example", "auth0|guest", "auth0"],
  strict: ["sam@strict.example", "okta|sam", "strict-okta"],
} as const;
export type LinkedUser = keyof typeof LINKED;

export function claimsOfLinked(user: LinkedUser): { email: string; subject: string; connection: string } {
  const [email, subject, connection] = LINKED[user];
  return {
    email,
    subject,
    connection: connection === "auth0" ? "Username-Password-Authentication" : connection,
  };
}

/** A user's UUID follows from the address, so that both servers' directories agree. */
export function userIdAt(email: string): UserId {
  const hex = createHash("sha256").update(email).digest("hex");
  return valid(
    parseUserId(
      `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    ),
  );
}

/** Finds a user for any address, but fails for some. */
export const directory: UserDirectory = {
  async ensureUser(email) {
    const fault = DIRECTORY_FAULTS.get(email.split("@")[0] ?? "");
    if (fault !== undefined) throw fault;
    return { userId: userIdAt(email), created: false };
  },
};
const DIRECTORY_FAULTS = new Map<string, Error>([
  ["held-refused", new Refusal("DIRECTORY_UNAVAILABLE", "no answer")],
  ["no-directory", new Refusal("DIRECTORY_UNAVAILABLE", "no answer")],
  ["overloaded", new Refusal("OVERLOADED", "the queue is full")],
  ["crash", new TypeError("a mistake of ours")],
]);

const [FORGE, STRICT, CLOSED] = ["forge", "strict", "closed"].map((id) => valid(parseOrganizationId(id))) as [
  OrganizationId,
  OrganizationId,
  OrganizationId,
];

/**
 * Acme with SSO and just-in-time memberships; Forge, which its users join; Strict, which enforces its SSO; Closed, where
 * only a stored membership counts.
 */
export function populatedStores(): MemoryStores {
  const stores = memoryStores();
  const sso = (name: string, strategy: string, organizationId: OrganizationId) => ({
    domains: [`${organizationId}.example`],
    connections: [{ name, strategy, displayName: `Sign in at ${organizationId}`, organizationId }],
  });
  stores.organizations
    .put(organization(ACME, { name: "Acme Ä", auth0OrgId: "org_acme" }), sso("acme-entra", "waad", ACME))
    .put(organization(FORGE, { auth0OrgId: "org_forge" }), { domains: ["forge.example"] })
    .put(organization(STRICT, { enforceSso: true }), sso("strict-okta", "okta", STRICT))
    .put(organization(CLOSED, { jit: false }), { domains: ["closed.example"] });

  for (const [address, subject, connection] of Object.values(LINKED)) {
    const email = valid(parseEmail(address));
    const organizationId = stores.organizations.connections.get(connection)?.organizationId ?? null;
    const rule = organizationId === null ? "verified-email" : "verified-domain";
    stores.identities.links.set(
      JSON.stringify([TENANT, subject]),
      link({ tenant: TENANT, subject, userId: userIdAt(email), connection, organizationId, email, rule }),
    );
  }
  const member = (user: LinkedUser, organizationId: OrganizationId, overrides: Partial<Membership> = {}) => {
    const email = valid(parseEmail(LINKED[user][0]));
    stores.memberships.put(membership({ organizationId, userId: userIdAt(email), email, ...overrides }));
  };
  member("jane", ACME, { role: "admin" });
  member("jane", CLOSED);
  member("owner", ACME, { role: "owner" });
  member("removed", ACME, { status: "removed" });
  member("invited", ACME, { invitedFromOutside: true });
  stores.identities.blocked.add(userIdAt(LINKED.blocked[0]));
  return stores;
}

function valid<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}
