import { describe, expect, it } from "vitest";
import type { Domain } from "../../organization/trusted-domains.ts";
import type { Found } from "./domain.ts";
import { findingOf, type JoinSettings, joiningOf, statusOf } from "./status.ts";

const NOW = new Date(2026, 10, 28, 12); // a Saturday
const OURS = "platform-api-domain=00112233445566778899aabbccddek2q";
const RECORD = { type: "TXT", host: "_platform-api", name: "_platform-api.acme.com", value: OURS } as const;
const PENDING: Domain = {
  domain: "acme.com",
  state: "pending",
  verifiedBy: null,
  record: RECORD,
  found: null,
  checkedAt: null,
  lapsesAt: null,
};

describe("a finding is told by what to do", () => {
  it.each<[Partial<Found> & Pick<Found, "kind">, string]>([
    [{ kind: "nothing" }, "Nothing there yet"],
    [{ kind: "oneResolver", seenBy: 1 }, "Seen by 1 of 2 resolvers"],
    [
      { kind: "doubledDomain" },
      "Found at `_platform-api.acme.com.acme.com`: your provider appended the domain, enter only `_platform-api`",
    ],
    [{ kind: "atApex" }, "Found at `acme.com` itself: enter `_platform-api` as the name of the record"],
    [
      { kind: "wrongValue", values: ["platform-api-domain=x7f", "v=spf1 -all"] },
      "A value ending …x7f is there; ours ends …k2q",
    ],
    [{ kind: "wrongValue", values: ["an ek2q"] }, "A value ending … ek2q is there; ours ends …dek2q"],
    [
      { kind: "wrongValue", values: [`"${OURS}"`] },
      "Our value is there, with more around it: enter it without quotes or spaces",
    ],
    [{ kind: "wrongValue", values: ["k2q"] }, "A value ending …k2q is there; ours ends …ek2q"],
    [{ kind: "unreachable" }, "DNS is not answering at the moment"],
  ])("%o", (found, text) => {
    const domain = { ...PENDING, found: { values: [], seenBy: 0, resolvers: 2, ...found } };
    expect(findingOf(domain)?.text).toBe(text);
    expect(statusOf(domain, undefined, NOW).text).toBe(text);
  });

  it("has every value that stands in place of ours, whole", () => {
    const values = ["platform-api-domain=x7f", "v=spf1 -all"];
    const found = { kind: "wrongValue", values, seenBy: 0, resolvers: 2 } as const;
    expect(findingOf({ ...PENDING, found })?.seen).toEqual(values);
    expect(findingOf({ ...PENDING, found: { ...found, kind: "atApex" } })?.seen).toBeUndefined();
  });

  it("names the host of a subdomain as the provider asks for it", () => {
    const record = { ...RECORD, host: "_platform-api.eu", name: "_platform-api.eu.acme.com" };
    const found: Found = { kind: "doubledDomain", values: [], seenBy: 0, resolvers: 2 };
    expect(findingOf({ ...PENDING, domain: "eu.acme.com", record, found })?.text).toBe(
      "Found at `_platform-api.eu.acme.com.acme.com`: your provider appended the domain, enter only `_platform-api.eu`",
    );
  });

  it("says that it is looking before the first check", () => {
    expect(findingOf(PENDING)).toBeNull();
    expect(statusOf(PENDING, undefined, NOW).text).toBe("Looking for the record");
  });
});

const JIT: JoinSettings = { jit: true, defaultRole: "member", enforceSso: false, locked: [] };

it.each<[JoinSettings | undefined, string]>([
  [undefined, "People who sign in with @acme.com now join as members."],
  [JIT, "People who sign in with @acme.com now join as members."],
  [{ ...JIT, defaultRole: "admin" }, "People who sign in with @acme.com now join as admins."],
  [{ ...JIT, jit: false }, "People with an @acme.com address join when you invite them."],
])("a verified domain under %o", (settings, text) => {
  expect(statusOf({ ...PENDING, state: "verified" }, settings, NOW).text).toBe(text);
});

const [BY_HAND, EITHER, AT_ONCE] = [
  "Until you connect single sign-on, they press Join after signing in. Those who were removed stay out.",
  "Through your single sign-on they join at once; with a password they press Join after signing in. Those who were removed stay out.",
  "Single sign-on is required, so they join at once. Those who were removed stay out.",
];
const LOCKED: JoinSettings = { ...JIT, locked: ["jit"] };
it.each<[Domain["state"], JoinSettings | undefined, string[] | undefined, [string, string?] | null]>([
  ["verified", JIT, [], [BY_HAND, "sign-in"]],
  ["verified", LOCKED, ["pending", "disabled"], [BY_HAND, "sign-in"]],
  ["verified", JIT, ["disabled", "enabled"], [EITHER, "settings"]],
  ["verified", { ...JIT, enforceSso: true }, ["enabled"], [AT_ONCE, "settings"]],
  ["verified", LOCKED, ["enabled"], [EITHER]],
  ["verified", { ...JIT, jit: false }, [], ["", "settings"]],
  ["verified", { ...LOCKED, jit: false }, ["enabled"], [""]],
  ["verified", undefined, [], null],
  ["verified", JIT, undefined, null],
  ["pending", JIT, [], null],
  ["missing", JIT, ["enabled"], null],
])("people of a %s domain under %o with the connections %j: %j", (state, settings, states, expected) => {
  const connections = states?.map((each) => ({ state: each }));
  const joining = joiningOf({ state }, { settings, connections, role: "owner" });
  const [text, page = null] = expected ?? [];
  expect(joining && [joining.text, joining.link?.page ?? null]).toEqual(expected && [text, page]);
});

it.each([
  ["enabled", EITHER],
  ["pending", BY_HAND],
])("sends nobody to what they cannot change, with a connection that is %s", (state, text) => {
  const facts = { settings: JIT, connections: [{ state }], role: "admin" } as const;
  expect(joiningOf({ state: "verified" }, facts)).toEqual({ text, link: null });
});

describe("a missing record", () => {
  it.each([
    [new Date(2026, 11, 12, 9), "since today. Put it back before 12 December;"],
    [new Date(2026, 11, 11, 23), "since yesterday. Put it back before 11 December;"],
    [new Date(2026, 11, 8, 9), "since Tuesday. Put it back before 8 December;"],
    [new Date(2026, 11, 5, 9), "since 21 November. Put it back before 5 December;"],
    [new Date(2026, 10, 28, 13), "since 14 November. Put it back before 28 November;"],
    [new Date(2027, 0, 28), "gone. Put it back before 28 January;"],
  ])("says when it lapses: %s", (lapsesAt, text) => {
    const domain: Domain = { ...PENDING, state: "missing", lapsesAt: lapsesAt.toISOString() };
    const said = statusOf(domain, undefined, NOW).text;
    expect(said).toContain(text);
    expect(said).toMatch(/^The record has been gone.* until then nothing changes\.$/);
  });
});

it("a lapsed domain says how it comes back", () => {
  const { text, hint } = statusOf({ ...PENDING, state: "lapsed" }, undefined, NOW);
  expect(`${text} ${hint}`).toMatch(/no longer counts\. Put the record back, then check again\.$/);
});
