import type { CanonicalEmail, Membership, UserId } from "@platform-api/server/domain";
import {
  auth0Claims,
  compact,
  NAMESPACE,
  NOW_SECONDS,
  rs256,
  rsaKey,
} from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { membership } from "../../server/src/domain/testing/memory-ports.ts";
import {
  ACME,
  address,
  ENTRA,
  GLOBEX,
  link as identityLink,
  organization,
  userNumber,
} from "../../server/src/domain/testing/people.ts";
import { type MemoryStores, memoryStores } from "../in-process/memory-stores.ts";

export const KEY = rsaKey("key");
/** Published at first. */
export const FORMER_KEY = rsaKey("former");
const NEW_KEY = rsaKey("new");
/** The same id, another key. */
export const REPLACED_KEY = rsaKey(FORMER_KEY.kid);

export const TENANT = "acme";
const LIFETIME_ENDS = NOW_SECONDS + 86_400;
const PASSWORD = "Username-Password-Authentication";

export interface Person {
  readonly userId: UserId;
  readonly email: CanonicalEmail;
  readonly subject: string;
  /** The claim of the token. */
  readonly connection: string;
  readonly token: string;
  /** Other tokens of the same login. The later one is not seen before the change. */
  readonly earlierToken: string;
  readonly laterToken: string;
}

function person(
  n: number,
  email: CanonicalEmail,
  subject: string,
  connection: string,
  claims: object = {},
): Person {
  const login = { subject, address: email, connection, ...claims };
  return {
    userId: userNumber(n),
    email,
    subject,
    connection,
    token: tokenOf(login),
    earlierToken: tokenOf({ ...login, exp: LIFETIME_ENDS - 1 }),
    laterToken: tokenOf({ ...login, exp: LIFETIME_ENDS - 2 }),
  };
}

interface Login {
  readonly subject: string;
  readonly address: string;
  readonly connection: string;
  readonly orgId?: string;
  readonly emailVerified?: boolean;
  readonly key?: typeof KEY;
  readonly exp?: number;
  readonly sid?: string;
}

/** By default it lives as long as a token may. */
function tokenOf({
  subject,
  address,
  connection,
  orgId,
  emailVerified = true,
  key = KEY,
  sid,
  ...claims
}: Login): string {
  return compact(
    { alg: "RS256", typ: "JWT", kid: key.kid },
    auth0Claims({
      sub: subject,
      org_id: orgId,
      iat: NOW_SECONDS,
      exp: LIFETIME_ENDS,
      [`${NAMESPACE}email`]: address,
      [`${NAMESPACE}email_verified`]: emailVerified,
      [`${NAMESPACE}connection`]: connection,
      [`${NAMESPACE}sid`]: sid,
      ...claims,
    }),
    rs256(key),
  );
}

export const EXPIRES_IN_SECONDS = 400;
const jane = person(1, address("jane@acme.example"), "waad|jane", "acme-entra");

/** Jane and Ann through Acme's SSO; Joe with a password; the others lack one thing each. */
export const PEOPLE = {
  jane,
  ann: person(2, address("ann@acme.example"), "waad|ann", "acme-entra"),
  joe: person(3, address("joe@partner.example"), "auth0|joe", PASSWORD, { orgId: "org_acme" }),
  "not a member": person(4, address("kim@acme.example"), "waad|kim", "acme-entra"),
  blocked: person(5, address("bob@acme.example"), "waad|bob", "acme-entra"),
  removed: person(6, address("rae@acme.example"), "waad|rae", "acme-entra"),
  "of no organization": person(7, address("lee@partner.example"), "auth0|lee", PASSWORD, {
    orgId: "org_new",
  }),
  "not linked": person(8, address("una@partner.example"), "auth0|una", PASSWORD, { emailVerified: false }),
  "of no connection": person(9, address("zoe@acme.example"), "waad|zoe", "zoe-entra"),
} as const satisfies Record<string, Person>;
export type Name = keyof typeof PEOPLE;

const JANES = { subject: jane.subject, address: jane.email, connection: jane.connection };
/** Jane's other tokens. */
export const TOKENS = {
  expiring: tokenOf({ ...JANES, exp: NOW_SECONDS + EXPIRES_IN_SECONDS }),
  "by the former key": tokenOf({ ...JANES, key: FORMER_KEY }),
  "by a key that is not published": tokenOf({ ...JANES, key: NEW_KEY }),
  "of a session": tokenOf({ ...JANES, sid: "s1" }),
  "of a new subject": tokenOf({ ...JANES, subject: "waad|jane-2" }),
  "of a domain that is not verified": tokenOf({ ...JANES, address: "jane@acme-labs.example" }),
};

/** Of the service that asks whether the others still stand. */
export const SERVICE_TOKEN = compact(
  { alg: "RS256", typ: "JWT", kid: KEY.kid },
  {
    ...auth0Claims({ sub: "worker@clients", azp: "worker", gty: "client-credentials", exp: LIFETIME_ENDS }),
    iat: NOW_SECONDS,
    org_id: undefined,
    [`${NAMESPACE}email`]: undefined,
    [`${NAMESPACE}connection`]: undefined,
  },
  rs256(KEY),
);

export function populatedStores(): { stores: MemoryStores; users: Map<CanonicalEmail, UserId> } {
  const stores = memoryStores();
  stores.organizations
    .put(organization(ACME, { name: "Acme", auth0OrgId: "org_acme", jit: false }), {
      domains: ["acme.example"],
      connections: [ENTRA],
    })
    .put(organization(GLOBEX, { name: "Globex", jit: false }));
  for (const name of Object.keys(PEOPLE) as readonly Name[]) {
    if (name !== "not linked") link(stores, PEOPLE[name]);
    if (["jane", "ann", "joe", "blocked", "of no connection"].includes(name))
      makeMember(stores, PEOPLE[name]);
  }
  makeMember(stores, PEOPLE.removed, { status: "removed" });
  stores.identities.blocked.add(PEOPLE.blocked.userId);
  const users = new Map(Object.values(PEOPLE).map(({ email, userId }) => [email, userId]));
  return { stores, users };
}

export function link({ identities }: MemoryStores, { subject, userId, email, connection }: Person): void {
  const seat =
    connection === PASSWORD
      ? ({ connection: "auth0", organizationId: null, rule: "verified-email" } as const)
      : ({ connection, organizationId: ACME, rule: "verified-domain" } as const);
  const stored = identityLink({ tenant: TENANT, subject, userId, email, ...seat });
  identities.put(stored);
  const held = { tenant: TENANT, connection: seat.connection, userId };
  identities.seats.set(JSON.stringify(Object.values(held)), { ...held, subject, rev: "0" });
}

export function makeMember(
  { memberships }: MemoryStores,
  { userId, email }: Person,
  changed: Partial<Membership> = {},
): void {
  memberships.put(membership({ userId, email, role: "admin", origin: "import", ...changed }));
}
