import { beforeEach, describe, expect, it } from "vitest";
import {
  acmeAndGlobex,
  BY_PASSWORD,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  UNVERIFIED,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  address,
  claims,
  ENDED,
  ENTRA,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  JOE,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { UserId } from "../user-id.ts";
import { keepRefusal } from "./keep.ts";
import type { RefusedReason } from "./refusals.ts";

const OUTSIDE = { canonical: address("mallory@evil.example") };
const PARTNER = { canonical: GUEST_EMAIL };
const AGENT = { subject: null, clientId: "agent" };

let ports: MemoryPorts;
let admitted: (string | null)[];

beforeEach(() => {
  ports = memoryPorts();
  admitted = [];
});

const BOUNDS = {
  admits(id: string | null) {
    admitted.push(id);
    return true;
  },
  isDue: () => true,
};

function keep(
  reason: RefusedReason,
  said: Partial<VerifiedClaims>,
  { userId = null, bounds = BOUNDS }: { userId?: UserId | null; bounds?: typeof BOUNDS } = {},
) {
  const all = { ...ports, refusals: ports.memberships.refusals };
  return keepRefusal({ claims: claims(said), reason, userId }, bounds, all, UNBOUNDED);
}

/** Each row in four words: whose list it is on, who, through what, why. */
const rows = () =>
  [...ports.memberships.refused.values()].map(
    ({ organizationId, email, domain, connection, reason, userId }) =>
      [
        organizationId,
        email ?? `@${domain ?? ""}`,
        connection ?? "-",
        reason,
        ...(userId === null ? [] : [userId === JANE ? "JANE" : "another"]),
      ].join(" "),
  );

const removed = { status: "removed" } as const;

describe("T8V: a refused login", () => {
  it.each<[string, RefusedReason, Partial<VerifiedClaims>, string[]]>([
    [
      "by its connection's organization",
      "IDENTITY_CONFLICT",
      VIA_ACME,
      ["acme jane@acme.example acme-entra IDENTITY_CONFLICT"],
    ],
    [
      "with the domain alone of a stranger",
      "DOMAIN_NOT_ALLOWED",
      { email: OUTSIDE },
      ["acme @evil.example acme-entra DOMAIN_NOT_ALLOWED"],
    ],
    [
      "without an address",
      "EMAIL_MISSING",
      { email: { absent: "EMAIL_MISSING" } },
      ["acme @ acme-entra EMAIL_MISSING"],
    ],
    [
      "for a proved address, by who has verified its domain",
      "SSO_REQUIRED",
      BY_PASSWORD,
      ["acme jane@acme.example auth0 SSO_REQUIRED"],
    ],
    ["nowhere for an address that is not proved", "IDENTITY_BLOCKED", UNVERIFIED, []],
    [
      "nowhere for a proved address at nobody's domain",
      "IDENTITY_BLOCKED",
      { ...BY_PASSWORD, email: OUTSIDE },
      [],
    ],
    [
      "nowhere for a connection that is not known",
      "DOMAIN_NOT_ALLOWED",
      { connection: "initech-okta", emailVerified: true },
      [],
    ],
    ["nowhere for who acts for another", "IDENTITY_BLOCKED", { actor: AGENT }, []],
    ["nowhere for a legacy token", "IDENTITY_BLOCKED", { source: "platform", subject: JANE }, []],
    ["nowhere for a user who is not known to be removed", "MEMBERSHIP_REMOVED", VIA_ACME, []],
  ])("is kept %s", async (_, reason, said, expected) => {
    await keep(reason, said);
    expect(rows()).toEqual(expected);
  });

  it.each([
    ["disabled", ["acme @evil.example acme-entra DOMAIN_NOT_ALLOWED"]],
    ["removed", ["acme @evil.example acme-entra DOMAIN_NOT_ALLOWED"]],
  ] as const)("is kept also by the organization whose connection was %s", async (state, expected) => {
    ports.stored.setConnection(ENTRA, state);
    await keep("DOMAIN_NOT_ALLOWED", { email: OUTSIDE });
    expect(rows()).toEqual(expected);
  });

  it("is kept by no organization that is closed", async () => {
    ports.stored.put(organization(ACME, ENDED));
    await keep("DOMAIN_NOT_ALLOWED", { email: OUTSIDE });
    await keep("SSO_REQUIRED", BY_PASSWORD);
    expect(rows()).toEqual([]);
  });

  it.each([
    ["a member", () => void ports.memberships.put(membership({ email: GUEST_EMAIL }))],
    ["a removed member", () => void ports.memberships.put(membership({ email: GUEST_EMAIL, ...removed }))],
  ])("has the whole address and the user where it is that of %s", async (_, given) => {
    given();
    await keep("DOMAIN_NOT_ALLOWED", { email: PARTNER });
    expect(rows()).toEqual(["acme jane@partner.example acme-entra DOMAIN_NOT_ALLOWED JANE"]);
  });

  it("has the whole address, and no user, where it was invited", async () => {
    ports.memberships.invite(invitation({ email: GUEST_EMAIL }));
    await keep("DOMAIN_NOT_ALLOWED", { email: PARTNER });
    expect(rows()).toEqual(["acme jane@partner.example acme-entra DOMAIN_NOT_ALLOWED"]);
  });

  it("has the domain alone where the address is another organization's member's and invitation's", async () => {
    ports.memberships.put(membership({ organizationId: GLOBEX, email: GUEST_EMAIL }));
    ports.memberships.invite(invitation({ organizationId: GLOBEX, email: GUEST_EMAIL }));
    await keep("DOMAIN_NOT_ALLOWED", { email: PARTNER });
    expect(rows()).toEqual(["acme @partner.example acme-entra DOMAIN_NOT_ALLOWED"]);
  });

  it("is kept by each organization that shares the domain, without the other one's connection", async () => {
    ports = memoryPorts(acmeAndGlobex());
    await keep("SSO_REQUIRED", BY_PASSWORD);
    await keep("IDENTITY_CONFLICT", VIA_GLOBEX);
    expect(rows()).toEqual([
      "acme jane@acme.example auth0 SSO_REQUIRED",
      "globex jane@acme.example auth0 SSO_REQUIRED",
      "globex jane@acme.example globex-okta IDENTITY_CONFLICT",
    ]);
  });

  it("has no subject and no user id of a stranger, whatever the token says", async () => {
    await keep("IDENTITY_CONFLICT", { subject: "waad|canary", userId: JOE, sid: "canary" }, { userId: JOE });
    const kept = JSON.stringify([...ports.memberships.refused.values()]);
    expect(kept).toContain("jane@acme.example");
    expect(kept).not.toMatch(/canary|waad/);
    expect(kept).not.toContain(JOE);
  });
});

describe("T8V: a removal, kept by who has removed them", () => {
  beforeEach(() => {
    ports = memoryPorts(acmeAndGlobex({ auth0OrgId: "org_acme" }, { auth0OrgId: "org_globex" }));
  });

  it.each<[string, Partial<VerifiedClaims>, string[]]>([
    ["through their own connection", VIA_ACME, ["acme jane@acme.example acme-entra MEMBERSHIP_REMOVED JANE"]],
    [
      "for their Auth0 organization",
      { ...BY_PASSWORD, auth0OrgId: "org_acme" },
      ["acme jane@acme.example auth0 MEMBERSHIP_REMOVED JANE"],
    ],
    [
      "and not through whose connection they came",
      { ...VIA_GLOBEX, auth0OrgId: "org_acme" },
      ["acme jane@acme.example - MEMBERSHIP_REMOVED JANE"],
    ],
    ["and by nobody else", VIA_GLOBEX, []],
  ])("is kept %s", async (_, said, expected) => {
    ports.memberships.put(membership(removed), membership({ organizationId: GLOBEX }));
    await keep("MEMBERSHIP_REMOVED", said, { userId: JANE });
    expect(rows()).toEqual(expected);
  });

  it("has the address that they know, not that of the token", async () => {
    ports.memberships.put(membership(removed));
    await keep("MEMBERSHIP_REMOVED", { email: OUTSIDE }, { userId: JANE });
    expect(rows()).toEqual(["acme jane@acme.example acme-entra MEMBERSHIP_REMOVED JANE"]);
  });

  it("is not kept if they were erased, or are a member again", async () => {
    for (const each of [membership({ ...removed, email: null }), membership()]) {
      ports.memberships.put(each);
      await keep("MEMBERSHIP_REMOVED", VIA_ACME, { userId: JANE });
    }
    expect(rows()).toEqual([]);
  });
});

describe("a user whom nobody lets in", () => {
  const GUEST = { ...BY_PASSWORD, email: PARTNER };

  it.each<[string, Partial<VerifiedClaims>, Parameters<typeof membership>[0][], string[]]>([
    [
      "as no member of the organization of their connection",
      VIA_ACME,
      [],
      ["acme jane@acme.example acme-entra NOT_A_MEMBER"],
    ],
    [
      "as no member of who has verified their domain",
      BY_PASSWORD,
      [],
      ["acme jane@acme.example auth0 NOT_A_MEMBER"],
    ],
    ["by nobody for an address of nobody's", GUEST, [], []],
    [
      "as removed by who has removed them",
      GUEST,
      [{ ...removed, email: GUEST_EMAIL }],
      ["acme jane@partner.example auth0 MEMBERSHIP_REMOVED JANE"],
    ],
    ["by nobody whom they have left", GUEST, [{ ...removed, email: GUEST_EMAIL, leftAt: NOW }], []],
    [
      "as removed by themselves where they try to come back",
      BY_PASSWORD,
      [{ ...removed, leftAt: NOW }],
      ["acme jane@acme.example auth0 MEMBERSHIP_REMOVED JANE"],
    ],
    ["by nobody if one organization lets them in", VIA_ACME, [{ organizationId: GLOBEX }, removed], []],
    ["by nobody where they are a member by now", VIA_ACME, [{}], []],
  ])("is kept %s", async (_, said, memberships, expected) => {
    ports.stored.put(organization(GLOBEX));
    ports.memberships.put(...memberships.map(membership));
    await keep("NOT_A_MEMBER", said, { userId: JANE });
    expect(rows()).toEqual(expected);
  });

  it("is kept as a member who has not used the sign-in that is required", async () => {
    ports.stored.put(organization(ACME, { enforceSso: true }));
    ports.memberships.put(membership());
    await keep("NOT_A_MEMBER", BY_PASSWORD, { userId: JANE });
    expect(rows()).toEqual(["acme jane@acme.example auth0 SSO_REQUIRED JANE"]);
  });

  it("is not kept by the organization of a connection through which they came to another one", async () => {
    ports = memoryPorts(acmeAndGlobex({ auth0OrgId: "org_acme" }));
    await keep("NOT_A_MEMBER", { ...VIA_GLOBEX, auth0OrgId: "org_acme" }, { userId: JANE });
    expect(rows()).toEqual([]);
  });
});

describe("the bounds", () => {
  const reads = () => ports.memberships.asked;
  const refusing = { admits: () => false, isDue: () => true };

  it.each<[string, RefusedReason, Partial<VerifiedClaims>]>([
    ["a stranger", "DOMAIN_NOT_ALLOWED", { email: OUTSIDE }],
    ["who was removed", "MEMBERSHIP_REMOVED", VIA_ACME],
    ["who is let in nowhere", "NOT_A_MEMBER", VIA_ACME],
    ["who is known nowhere", "NOT_A_MEMBER", { ...BY_PASSWORD, email: OUTSIDE }],
  ])("ask the store nothing about %s beyond them", async (_, reason, said) => {
    expect(await keep(reason, said, { userId: JANE, bounds: refusing })).toEqual(["limited"]);
    expect([reads(), rows()]).toEqual([[], []]);
  });

  it("count one of each organization, and of none where it is not known", async () => {
    await keep("NOT_A_MEMBER", VIA_ACME, { userId: JANE });
    await keep("NOT_A_MEMBER", { ...BY_PASSWORD, email: OUTSIDE }, { userId: JANE });
    expect(admitted).toEqual([ACME, null]);
  });

  it("store nothing again that is not due", async () => {
    expect(await keep("IDENTITY_CONFLICT", VIA_ACME, { bounds: { ...BOUNDS, isDue: () => false } })).toEqual(
      [],
    );
    expect(rows()).toEqual([]);
  });

  it("let another process have the slot that it has taken meanwhile", async () => {
    const { commit } = ports.transactions;
    ports = {
      ...ports,
      transactions: {
        ...ports.transactions,
        async commit(changes, signal) {
          await commit({ ...changes, writes: [...changes.writes] }, signal); // the other one's
          return commit(changes, signal);
        },
      },
    };
    expect(await keep("IDENTITY_CONFLICT", VIA_ACME)).toEqual(["lost"]);
    expect(ports.memberships.refused.get("acme 0")).toMatchObject({ count: 1, email: JANE_EMAIL });
  });
});
