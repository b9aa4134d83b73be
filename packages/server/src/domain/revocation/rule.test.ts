import { describe, expect, it } from "vitest";
import { endedSession, JANE, subjectFacts, UNBOUNDED } from "../testing/people.ts";
import type { BLOCKERS, SubjectFacts } from "./facts.ts";
import {
  blockerOf,
  type Ending,
  endingUnchanged,
  findEnd,
  refuseBlockedSubject,
  refuseRevoked,
} from "./rule.ts";

const SIGN_OUT = { userId: JANE, notBefore: 100, rev: "1" };
const SID = "session";

/** What ends tokens that were issued until the second 100, and which of them: with the session, or without one. */
const ENDINGS: readonly [what: string, Partial<Ending>, withSid: boolean, withoutSid: boolean][] = [
  ["nothing", {}, false, false],
  ["facts that say nothing", { facts: subjectFacts() }, false, false],
  ["the deletion of the subject", { facts: subjectFacts({ notBefore: 100 }) }, true, true],
  ["a logout from all sessions", { facts: subjectFacts({ logoutBefore: 100 }) }, true, true],
  ["the end of some session", { facts: subjectFacts({ sidlessNotBefore: 100 }) }, false, true],
  ["the end of the token's session", { session: endedSession({ at: 100 }) }, true, true],
  ["a sign-out everywhere", { signOut: SIGN_OUT }, true, true],
];

describe.each(ENDINGS)("%s", (what, ending, withSid, withoutSid) => {
  it.each([
    ["in a session, a second before", { issuedAt: 99, sid: SID }, withSid],
    ["in a session, in the same second", { issuedAt: 100, sid: SID }, withSid],
    ["in a session, a second later", { issuedAt: 101, sid: SID }, false],
    ["without a session, a second before", { issuedAt: 99, sid: null }, withoutSid],
    ["without a session, in the same second", { issuedAt: 100, sid: null }, withoutSid],
    ["without a session, a second later", { issuedAt: 101, sid: null }, false],
  ])(`revokes, or does not, a token that was issued %s: ${what}`, (_, token, isRevoked) => {
    const refuse = () => refuseRevoked(token, { facts: null, session: null, signOut: null, ...ending });
    if (isRevoked) expect(refuse).toThrow(expect.objectContaining({ reason: "TOKEN_REVOKED" }));
    else refuse();
  });
});

it("a zero is a time, and revokes what was issued then", () => {
  const ending = { facts: subjectFacts({ notBefore: 0 }), session: null, signOut: null };
  expect(() => refuseRevoked({ issuedAt: 0, sid: SID }, ending)).toThrow("deleted");
});

const at = "2026-11-30T12:00:00.000Z";
const says = (isBlocked: boolean) => ({ isBlocked, at });
it.each<[string, SubjectFacts | null, (typeof BLOCKERS)[number] | null]>([
  ["nothing is stored", null, null],
  ["nobody has said anything", subjectFacts(), null],
  ["an event blocks", subjectFacts({ sources: { event: says(true), operator: null } }), "event"],
  ["an operator blocks", subjectFacts({ sources: { event: null, operator: says(true) } }), "operator"],
  [
    "an event lifts what an operator blocks",
    subjectFacts({ sources: { event: says(false), operator: says(true) } }),
    "operator",
  ],
  [
    "an operator lifts what an event blocks",
    subjectFacts({ sources: { event: says(true), operator: says(false) } }),
    "event",
  ],
  ["both lift", subjectFacts({ sources: { event: says(false), operator: says(false) } }), null],
])("a subject is blocked, or not, where %s", (_, facts, expected) => {
  expect(blockerOf(facts)).toBe(expected);
  const refuse = () => refuseBlockedSubject(facts);
  if (expected === null) refuse();
  else expect(refuse).toThrow(expect.objectContaining({ reason: "IDENTITY_BLOCKED" }));
});

describe("the end of a token's session", () => {
  const ended = endedSession();
  const find = (token: { issuedAt: number; sid: string | null }, facts: SubjectFacts | null) => {
    const { tenant, subject } = ended;
    const asked: unknown[] = [];
    const findSession = async (key: unknown) => {
      asked.push(key);
      return ended;
    };
    return findEnd({ tenant, subject, ...token }, facts, { findSession }, UNBOUNDED).then((found) => ({
      found,
      asked,
    }));
  };
  const last = subjectFacts({ sidlessNotBefore: 100 });

  it("is read where a session of the subject has ended since the token was issued", async () => {
    const { tenant, subject } = ended;
    const asked = [{ tenant, subject, sid: SID }];
    expect(await find({ issuedAt: 100, sid: SID }, last)).toEqual({ found: ended, asked });
  });

  it.each([
    ["the token is younger than the last end", { issuedAt: 101, sid: SID }, last],
    ["the token names no session", { issuedAt: 100, sid: null }, last],
    ["none has ended", { issuedAt: 100, sid: SID }, subjectFacts({ notBefore: 200 })],
    ["nothing is stored of the subject", { issuedAt: 100, sid: SID }, null],
  ])("is not read where %s", async (_, token, facts) => {
    expect(await find(token, facts)).toEqual({ found: null, asked: [] });
  });
});

it("a grant relies on the facts of the subject and on the sign-out as they were read, or on there being none", () => {
  const key = { tenant: "default", subject: "waad|old" };
  expect(endingUnchanged(key, JANE, { facts: null, signOut: null })).toEqual([
    { item: "facts", absent: key },
    { item: "signOut", absent: { userId: JANE } },
  ]);
  const facts = subjectFacts({ notBefore: 5 });
  expect(endingUnchanged(key, JANE, { facts, signOut: SIGN_OUT })).toEqual([
    { item: "facts", present: facts },
    { item: "signOut", present: SIGN_OUT },
  ]);
});
