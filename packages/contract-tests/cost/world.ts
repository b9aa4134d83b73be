import { ORGANIZATIONS } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

/** An organization with a domain and SSO of its own, whose owner and another person are invited. */
export const MILL = "mill";
const OWNER = "owner@mill.example";
/** Invited people from outside. */
export const GUESTS = ["first", "second", "third", "fourth"].map((name) => `${name}@elsewhere.example`);

const CUSTOMERS = [
  {
    id: MILL,
    name: "Mill",
    jit: true,
    defaultRole: "member",
    domains: ["mill.example"],
    connections: [{ name: "mill-entra", strategy: "waad", displayName: "Mill" }],
    members: [{ email: OWNER, role: "owner" }],
  },
  {
    id: "inn",
    name: "Inn",
    jit: false,
    defaultRole: "member",
    members: GUESTS.map((email) => ({ email, role: "member" })),
  },
];

/** The caches of a process in production. The rest of its settings does not change what it calls. */
export const DEFAULT_CACHES = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };

/** A stack with proxies in front of its store and its user directory, and what people sign in with. */
export function worldOfTests() {
  const faulty = faultyStackOfTests([...ORGANIZATIONS, ...CUSTOMERS]);
  const login = logins(faulty);
  const bySso = (email: string, subject = fresh("waad|id")) =>
    login.entra(email, { connection: "mill-entra", subject });
  return {
    faulty,
    password: (email: string) => login.password(email),
    bySso,
    /** A new user of the mill, who becomes a member by the first login. Each address has two words, as search counts them. */
    newMember: () => bySso(`miller.${fresh("m").replaceAll("-", "")}@mill.example`),
    owner: () => bySso(OWNER, "waad|owner"),
  };
}
