import { loginIdOf, type SubjectFacts } from "@platform-api/server/domain";
import { NOW_SECONDS } from "../../server/src/adapters/tokens/testing/signed-token.ts";
import {
  ACME,
  endedSession,
  GLOBEX,
  subjectFacts,
  userNumber,
} from "../../server/src/domain/testing/people.ts";
import { sessionKeyOf } from "../../server/src/memory/identities.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../in-process/services.ts";
import {
  EXPIRES_IN_SECONDS,
  link,
  makeMember,
  type Name,
  PEOPLE,
  type Person,
  REPLACED_KEY,
  TENANT,
  TOKENS,
} from "./people.ts";
import { type Facts, KEYS_FRESH_MS, KEYS_STALE_MS, type Question, type World } from "./world.ts";

/** Something that ends an answer. */
export interface Change {
  readonly of: Person;
  /** Default: the person's own. */
  readonly token?: string;
  /** As another process, an operator or the identity provider does it. */
  readonly happens: (world: World) => Promise<void> | void;
  /**
   * Until when the old answer may be given: while these facts of the store may be believed, or until a moment by the monotonic
   * clock. Null: not at all.
   */
  readonly until: Facts | ((world: World) => number) | null;
  /** A part of the new answer to `shownBy`. */
  readonly shows: string;
  /** Default: `auth.validate`. */
  readonly shownBy?: Question;
}

/** Until the key set that was read last is read again. */
const keysHold =
  (ms: number) =>
  ({ lastRead }: World) =>
    lastRead("keys") + ms - 1;
const { jane, joe } = PEOPLE;
const OTHER = userNumber(0);
/** By the wall clock. */
const EXPIRED_MS = (NOW_SECONDS + EXPIRES_IN_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1_000;

function acme({ stores }: World, changed: object): void {
  const stored = stores.organizations.organizations.get(ACME);
  if (stored === undefined) throw new Error("Acme is stored");
  stores.organizations.put({ ...stored, ...changed });
}

const BLOCKED = { isBlocked: true, at: "2026-11-30T12:00:00.000Z" };

function janes({ stores: { identities } }: World, facts: Partial<SubjectFacts>): void {
  const stored = subjectFacts({ tenant: TENANT, subject: jane.subject, ...facts });
  identities.facts.set(loginIdOf(stored), stored);
}

/** Another process has changed what is stored: the old answer may be given for a while. */
const CACHED: Readonly<Record<string, Change>> = {
  "a member is removed": {
    of: jane,
    happens: ({ stores }) => makeMember(stores, jane, { status: "removed" }),
    until: { read: [`membership acme ${jane.userId}`] },
    shows: "MEMBERSHIP_REMOVED",
  },
  "a role changes": {
    of: jane,
    happens: ({ stores }) => makeMember(stores, jane, { role: "member" }),
    until: { read: [`membership acme ${jane.userId}`] },
    shows: '{"allowed":false,"role":"member","actor":null}',
    shownBy: "auth.check",
  },
  "a user is blocked": {
    of: jane,
    happens: ({ stores }) => void stores.identities.blocked.add(jane.userId),
    until: { read: [`block ${jane.userId}`] },
    shows: "IDENTITY_BLOCKED",
  },
  "an event blocks a subject": {
    of: jane,
    happens: (world) => janes(world, { sources: { event: BLOCKED, operator: null } }),
    until: { read: [`link ${jane.subject}`] },
    shows: "IDENTITY_BLOCKED",
  },
  "a subject is deleted at the identity provider": {
    of: jane,
    happens: (world) => janes(world, { notBefore: NOW_SECONDS }),
    until: { read: [`link ${jane.subject}`] },
    shows: "TOKEN_REVOKED",
  },
  "a session ends": {
    of: jane,
    token: TOKENS["of a session"],
    happens: (world) => {
      const ended = endedSession({ tenant: TENANT, subject: jane.subject, sid: "s1", at: NOW_SECONDS });
      world.stores.identities.sessions.set(sessionKeyOf(ended), ended);
      janes(world, { sidlessNotBefore: NOW_SECONDS });
    },
    until: { read: [`link ${jane.subject}`] },
    shows: "TOKEN_REVOKED",
  },
  "a user signs out everywhere": {
    of: jane,
    happens: ({ stores }) => {
      const signOut = { userId: jane.userId, notBefore: NOW_SECONDS, rev: "1" };
      stores.identities.signOuts.set(jane.userId, signOut);
    },
    until: { read: [`block ${jane.userId}`] },
    shows: "TOKEN_REVOKED",
  },
  "a subject is relinked to another user": {
    of: jane,
    happens: ({ stores }) => link(stores, { ...jane, userId: OTHER }),
    until: { read: [`link ${jane.subject}`] },
    shows: OTHER,
  },
  "a subject is unlinked, and its next login finds another user": {
    of: jane,
    happens: ({ stores, users }) => {
      stores.identities.links.delete(loginIdOf({ tenant: TENANT, subject: jane.subject }));
      users.set(jane.email, OTHER);
    },
    until: { read: [`link ${jane.subject}`] },
    shows: OTHER,
  },
  "a connection is deregistered": {
    of: jane,
    happens: ({ stores: { organizations } }) => {
      const entra = organizations.connections.get("acme-entra");
      if (entra !== undefined) organizations.setConnection(entra, "removed");
    },
    until: { read: ["connection acme-entra"] },
    shows: "DOMAIN_NOT_ALLOWED",
  },
  "a connection moves to another organization": {
    of: jane,
    happens: ({ stores: { organizations } }) => {
      const [stored] = organizations.connections.values();
      if (stored !== undefined)
        organizations.connections.set(stored.name, { ...stored, organizationId: GLOBEX });
    },
    until: { read: ["connection acme-entra"] },
    shows: "IDENTITY_CONFLICT",
  },
  "a domain is taken away": {
    of: jane,
    happens: ({ stores }) => stores.organizations.release("acme.example", ACME),
    until: { read: ["domain acme.example"] },
    shows: '"email":null',
  },
  "an organization starts to enforce SSO": {
    of: joe,
    happens: (world) => acme(world, { enforceSso: true }),
    until: { read: ["Auth0 organization org_acme", "organization acme"] },
    shows: '"organizationId":null',
  },
  "an organization gives up its Auth0 id": {
    of: joe,
    happens: (world) => acme(world, { auth0OrgId: "org_acme_2" }),
    until: { read: ["Auth0 organization org_acme"] },
    shows: '"organizationId":null',
  },
  "a connection is registered": {
    of: PEOPLE["of no connection"],
    happens: ({ stores: { organizations } }) => {
      const zoe = { name: "zoe-entra", strategy: "waad", displayName: "Acme", organizationId: ACME };
      organizations.connections.set(zoe.name, zoe);
    },
    until: { read: ["connection zoe-entra"], areAbsent: true },
    shows: PEOPLE["of no connection"].userId,
  },
  "a domain is verified": {
    of: jane,
    token: TOKENS["of a domain that is not verified"],
    happens: ({ stores }) => stores.organizations.verify("acme-labs.example", ACME),
    until: { read: ["domain acme-labs.example"], areAbsent: true },
    shows: "jane@acme-labs.example",
  },
  "a key leaves the key set": {
    of: jane,
    token: TOKENS["by the former key"],
    happens: ({ keySet }) => void keySet.keys.pop(),
    until: keysHold(KEYS_FRESH_MS),
    shows: "TOKEN_INVALID",
  },
  "another key takes the id of a key": {
    of: jane,
    token: TOKENS["by the former key"],
    happens: ({ keySet }) => void keySet.keys.splice(1, 1, REPLACED_KEY.jwk),
    until: keysHold(KEYS_FRESH_MS),
    shows: "TOKEN_INVALID",
  },
  "the key set is unavailable for a day": {
    of: jane,
    happens: ({ keySet }) => {
      keySet.failing = true;
    },
    until: keysHold(KEYS_STALE_MS),
    shows: "KEYS_UNAVAILABLE",
  },
  "a token expires": {
    of: jane,
    token: TOKENS.expiring,
    happens: () => {},
    until: ({ clock }) => clock.monotonicMs() - clock.wallMs() + EXPIRED_MS - 1,
    shows: "TOKEN_EXPIRED",
  },
};

const gains = (name: Name, happens: Change["happens"], shows: string): Change => ({
  of: PEOPLE[name],
  happens,
  until: null,
  shows,
});

/** A denial is never remembered, and what this process sees or does takes effect at once. */
const AT_ONCE: Readonly<Record<string, Change>> = {
  "a user becomes a member": gains(
    "not a member",
    ({ stores }) => makeMember(stores, PEOPLE["not a member"]),
    '"organizationId":"acme"',
  ),
  "a user is unblocked": gains(
    "blocked",
    ({ stores }) => stores.identities.blocked.clear(),
    PEOPLE.blocked.userId,
  ),
  "a member is restored": gains(
    "removed",
    ({ stores }) => makeMember(stores, PEOPLE.removed),
    '"organizationId":"acme"',
  ),
  "the organization of the token is created": gains(
    "of no organization",
    (world) => {
      acme(world, { auth0OrgId: "org_new" });
      makeMember(world.stores, PEOPLE["of no organization"]);
    },
    '"organizationId":"acme"',
  ),
  "a subject is linked": gains(
    "not linked",
    ({ stores }) => link(stores, PEOPLE["not linked"]),
    PEOPLE["not linked"].userId,
  ),
  "a listing shows that a member was removed": {
    of: jane,
    happens: async ({ stores, cached }) => {
      makeMember(stores, jane, { status: "removed" });
      await cached.ask("org.me", jane.token);
    },
    until: null,
    shows: "MEMBERSHIP_REMOVED",
  },
  "another subject takes the seat over through this process": {
    of: jane,
    happens: async ({ stores, cached, clock }) => {
      const at = (ms: number) => new Date(clock.wallMs() + ms).toISOString();
      const window = { connection: "acme-entra", organizationId: ACME, from: null, rev: "1" };
      stores.identities.opened.set("acme-entra", { ...window, openedAt: at(-1_000), until: at(86_400_000) });
      await cached.ask("auth.validate", TOKENS["of a new subject"]);
    },
    until: null,
    shows: "IDENTITY_CONFLICT",
  },
  "a key leaves the key set, and a token with an unknown key makes this process read it": {
    of: jane,
    token: TOKENS["by the former key"],
    happens: async ({ keySet, cached, clock }) => {
      clock.advance(10_000); // the pause between two reads of the key set
      await cached.ask("auth.validate", TOKENS["by the former key"]);
      keySet.keys.pop();
      await cached.ask("auth.validate", TOKENS["by a key that is not published"]);
    },
    until: null,
    shows: "TOKEN_INVALID",
  },
  "the wall clock steps past the expiry": {
    of: jane,
    token: TOKENS.expiring,
    happens: ({ clock }) => clock.stepWall(EXPIRED_MS - clock.wallMs()),
    until: null,
    shows: "TOKEN_EXPIRED",
  },
};

export const CHANGES = Object.entries({ ...CACHED, ...AT_ONCE });
