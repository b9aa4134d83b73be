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
    line: "const waits = signed === null ? [...NEWCOMER_WAITS_MS] : []; // a signed user id never belongs to a new user",
    code: "signed === null",
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
  {
    ...UNTRUSTED,
    file: "seat",
    line: 'if (login.via !== "sso" || trust.state !== "trusted" || trust.rule !== "verified-domain") return null;',
  },
  {
    ...UNTRUSTED,
    file: "first-login",
    line: 'return claims.userId !== null || trust.state !== "trusted" ? "claim" : trust.rule;',
    why: "The compiler needs it: without a signed user id only a trusted address comes here.",
  },
  ...[
    { code: 'trust.state !== "trusted"', by: "false" },
    { code: 'throw new Error("an address that is not trusted reached the directory");', by: ";" },
  ].map((change) => ({
    ...change,
    file: "first-link",
    line: 'if (trust.state !== "trusted") throw new Error("an address that is not trusted reached the directory");',
    why: "The compiler needs it: refuseUntrusted has refused such an address before.",
  })),
  {
    file: "first-link",
    line: "if (mailbox === null) return { ...(await linkUser(first, signal, trace)), assessment };",
    code: "mailbox === null",
    by: "false",
    why: "It saves signed user ids from waiting for one another; they get the same answers.",
  },
  {
    file: "first-link",
    line: "if (another === undefined) underWay.set(key, linking.then(end, end));",
    code: "another === undefined",
    by: "true",
    why: "A login would wait for the youngest before it and not for the oldest; it gets the same answer.",
  },
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
  ...['login.via !== "sso"', 'trust.state !== "trusted"'].map((code) => ({
    ...{ file: "seat", code, by: "false" },
    line: 'if (window === null || login.via !== "sso" || trust.state !== "trusted") return false;',
    why: "The compiler needs it: only a login of an organization with a trusted address has a window.",
  })),
  {
    file: "seat",
    line: "if (held === null || former === null) return { writes: [], unchanged: [] };",
    code: "held === null",
    by: "false",
    why: "The compiler needs it: a free seat has no holder with a link.",
  },
  {
    file: "seat",
    line: "if (found === null || getsSeat(ground, first)) return;",
    code: "found === null",
    by: "false",
    why: "The compiler needs it: each first login gets a free seat.",
  },
  ...[
    { code: "link === null", by: "false" },
    { code: 'throw new Error("a first login was neither linked nor refused");', by: ";" },
  ].map((change) => ({
    ...change,
    file: "first-link",
    line: 'if (link === null) throw new Error("a first login was neither linked nor refused");',
    why: "The compiler needs it: what refuses has thrown before.",
  })),
  ...[
    { code: "isBlocked || link?.rev !== former?.rev", by: "false" },
    { code: "isBlocked || link?.rev !== former?.rev", by: "isBlocked && link?.rev !== former?.rev" },
    { code: "link?.rev !== former?.rev", by: "false" },
  ].map((change) => ({
    ...change,
    file: "first-link",
    line: "if (isBlocked || link?.rev !== former?.rev) return seen;",
    why: "It saves reads and waits: the decision looks at the block and the link first.",
  })),
  {
    file: "first-link",
    line: "const mayChange = isRefused && organizationIdOf(first.login) !== null;",
    code: "organizationIdOf(first.login) !== null",
    by: "true",
    why: "A login without an organization has no window, and is not refused for a user without speakers.",
  },
  {
    file: "link-decision",
    line: "result: { link: null, refusedBy: null, isMerger: false, ground, speakers, ...outcome },",
    code: "false",
    by: "true",
    why: "Where it is not set again, nothing looks at it.",
  },
  {
    file: "link-decision",
    line: '...(window === null ? [] : [{ item: "window", present: window } as const]),',
    code: "window === null",
    by: "false",
    why: "The compiler rejects a condition on nothing.",
  },
  {
    file: "link-decision",
    line: "if (next !== null || into === null || from === null) return { next, isMerger: false };",
    code: "into === null",
    by: "false",
    why: "The compiler needs it: a login without an organization has no window.",
  },
  {
    file: "login",
    line: "if (strategy !== null && otherStrategies.has(strategy)) {",
    code: "strategy !== null",
    by: "true",
    why: "The compiler needs it: null is not in the set of strategies.",
  },
];
