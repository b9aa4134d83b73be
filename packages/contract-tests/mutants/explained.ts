import type { Explanation } from "./survivors.ts";

const UNTRUSTED = {
  ...{ file: "first-link", code: 'trust.state !== "trusted"', by: "false" },
  why: "The compiler needs it: an address that is not trusted has no rule.",
};

/** The mutants that survive, each with the reason why no test could tell. */
export const EXPLAINED: readonly Explanation[] = [
  {
    file: "access",
    line: "if (organization === null || membership === null) return null;",
    code: "organization === null",
    by: "false",
    why: "The compiler needs it: without an organization there is no membership either.",
  },
  {
    file: "joinable",
    line: 'const proves = login.via === "sso" || (login.via === "other" && JOINING_STRATEGIES.has(login.strategy));',
    code: 'login.via === "other"',
    by: "true",
    why: "The compiler needs it: no login of another kind has a strategy.",
  },
  {
    file: "first-link",
    line: "let isMerger = false;",
    code: "false",
    by: "true",
    why: "The compiler needs it: every decision sets it again.",
  },
  {
    file: "first-link",
    line: 'const mayMerge = trust.state === "trusted" && trust.rule === "verified-domain";',
    code: 'trust.state === "trusted"',
    by: "true",
    why: "The compiler needs it: an address that is not trusted has no rule.",
  },
  {
    file: "first-link",
    line: "const waits = first.claims.userId === null ? [...NEWCOMER_WAITS_MS] : []; // a signed user id never belongs to a new user",
    code: "first.claims.userId === null",
    by: "true",
    why: "It saves the wait before the same refusal.",
  },
  {
    file: "resolve-identity",
    line: "const link = subject === null ? null : await links.find({ tenant, subject }, signal);",
    code: "subject === null",
    by: "false",
    why: "The compiler needs it: no link is stored without a subject.",
  },
  {
    file: "resolve-identity",
    line: "if (userId !== null) await refuseBlocked(userId, links, signal);",
    code: "userId !== null",
    by: "true",
    why: "The compiler needs it: nobody without an id is blocked.",
  },
  {
    file: "token-limits",
    line: "? clientId !== null && isApplication(clientId) && admins.has(clientId)",
    code: "clientId !== null",
    by: "true",
    why: "The compiler needs it: no list names an application without an id.",
  },
  {
    file: "speakers",
    line: 'const isLetThrough = trust.state === "trusted" && trust.rule === "report-mode";',
    code: 'trust.state === "trusted"',
    by: "true",
    why: "The compiler needs it: an address that is not trusted has no rule.",
  },
  { ...UNTRUSTED, line: 'if (trust.state !== "trusted" || trust.rule !== "verified-domain") return null;' },
  {
    ...UNTRUSTED,
    file: "seat",
    line: 'if (trust.state !== "trusted" || trust.rule !== "verified-domain") return false;',
  },
  {
    ...UNTRUSTED,
    file: "first-login",
    line: 'return claims.userId !== null || trust.state !== "trusted" ? "claim" : trust.rule;',
    why: "The compiler needs it: without a signed user id only a trusted address comes here.",
  },
  ...[
    { code: "mailbox === null", by: "false" },
    { code: 'throw new Error("an address that is not trusted reached the directory");', by: ";" },
  ].map((change) => ({
    ...change,
    file: "first-link",
    line: 'if (mailbox === null) throw new Error("an address that is not trusted reached the directory");',
    why: "The compiler needs it: refuseUntrusted has refused such an address before.",
  })),
  {
    file: "first-link",
    line: "if (mailbox !== null) takenSeats.add(mailbox, userId);",
    code: "mailbox !== null",
    by: "true",
    why: "The compiler needs it: no login without a mailbox looks for one.",
  },
  {
    ...UNTRUSTED,
    file: "seat",
    line: 'if (claims.userId !== null || trust.state !== "trusted") return null;',
    why: "The compiler needs it: refuseUntrusted has refused such an address before.",
  },
  {
    file: "first-link",
    line: "if (next !== null || organizationId === null) return next;",
    code: "organizationId === null",
    by: "false",
    why: "The compiler needs it: a login without an organization has no window and never waits.",
  },
  {
    file: "seat",
    line: 'if (window === null || login.via !== "sso") return false;',
    code: 'login.via !== "sso"',
    by: "false",
    why: "The compiler needs it: only a login of an organization has a window.",
  },
  {
    file: "seat",
    line: "if (formerSubject !== null) await links.remove({ ...seat, subject: formerSubject }, signal);",
    code: "formerSubject !== null",
    by: "true",
    why: "The compiler needs it: there is no link without a subject to remove.",
  },
  {
    file: "login",
    line: "if (strategy !== null && otherStrategies.has(strategy)) {",
    code: "strategy !== null",
    by: "true",
    why: "The compiler needs it: null is not in the set of strategies.",
  },
  {
    file: "allow",
    line: "let changed = false;",
    code: "false",
    by: "true",
    why: "The compiler needs it: every decision sets it again.",
  },
  ...[
    { code: "membership === null", by: "false" },
    { code: 'throw new Refusal("INTERNAL", "a member was neither changed nor held");', by: ";" },
  ].map((change) => ({
    ...change,
    file: "members",
    line: 'if (membership === null) throw new Refusal("INTERNAL", "a member was neither changed nor held");',
    why: "The compiler needs it: a member is not changed only where the present one is held.",
  })),
];
