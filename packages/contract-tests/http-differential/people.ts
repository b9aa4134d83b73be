import { Refusal, type UserDirectory, type UserId } from "@platform-api/server/domain";
import { membership } from "../../server/src/domain/testing/memory-ports.ts";
import {
  ACME,
  address,
  GLOBEX,
  INITECH,
  link,
  organization,
  userNumber,
} from "../../server/src/domain/testing/people.ts";
import { type MemoryStores, memoryStores } from "../in-process/memory-stores.ts";

export const PASSWORD = "Username-Password-Authentication";

/** Linked users: address, subject, connection and its organization. */
export const LINKED = {
  jane: ["jane@acme.example", "waad|jane", "acme-entra", ACME],
  blocked: ["blocked@acme.example", "waad|blocked", "acme-entra", ACME],
  removed: ["removed@acme.example", "waad|removed", "acme-entra", ACME],
  owner: ["owner@acme.example", "waad|owner", "acme-entra", ACME],
  joe: ["joe@globex.example", "auth0|joe", PASSWORD, null],
  invited: ["guest@partner.example", "auth0|guest", PASSWORD, null],
  strict: ["sam@initech.example", "okta|sam", "initech-okta", INITECH],
} as const;

const addresses: string[] = [];

/** A user's UUID follows from the address, so that both servers' directories agree. */
export function userIdAt(email: string): UserId {
  if (!addresses.includes(email)) addresses.push(email);
  return userNumber(addresses.indexOf(email) + 1);
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

/** Acme with SSO and just-in-time memberships; Globex, which its users join; Initech, which enforces its SSO. */
export function populatedStores(): MemoryStores {
  const stores = memoryStores();
  const sso = (name: string, strategy: string, organizationId: typeof ACME) => ({
    domains: [`${organizationId}.example`],
    connections: [{ name, strategy, displayName: `Sign in at ${organizationId}`, organizationId }],
  });
  stores.organizations
    .put(organization(ACME, { name: "Acme Ä", auth0OrgId: "org_acme" }), sso("acme-entra", "waad", ACME))
    .put(organization(GLOBEX, { auth0OrgId: "org_globex" }), { domains: ["globex.example"] })
    .put(organization(INITECH, { enforceSso: true }), sso("initech-okta", "okta", INITECH));

  for (const [email, subject, name, organizationId] of Object.values(LINKED)) {
    const [connection, rule] =
      organizationId === null ? (["auth0", "verified-email"] as const) : ([name, "verified-domain"] as const);
    const user = { userId: userIdAt(email), email: address(email) };
    const linked = link({ ...user, tenant: ACME, subject, connection, organizationId, rule });
    stores.identities.put(linked);
  }
  const atAcme = {
    jane: { role: "admin" },
    owner: { role: "owner" },
    removed: { status: "removed" },
    invited: { invitedFromOutside: true },
  } as const;
  for (const [user, member] of Object.entries(atAcme)) {
    const [email] = LINKED[user as keyof typeof atAcme];
    const userId = userIdAt(email);
    stores.memberships.put(membership({ organizationId: ACME, userId, email: address(email), ...member }));
  }
  stores.identities.blocked.add(userIdAt(LINKED.blocked[0]));
  return stores;
}
