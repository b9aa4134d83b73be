import fc from "fast-check";

/** What the lane answers, as clients spell it. */
const TAKEN = ["/trpc/auth.validate", "/validate", "/forward-auth", "/forward-auth?"];

/** Spelled almost so, or asked with a query. */
const ALMOST = [
  ...TAKEN.flatMap((path) => [
    `${path}?`,
    `${path}/`,
    `${path}#x`,
    `/${path}`,
    `${path};x`,
    `http://x${path}`,
  ]),
  "/VALIDATE",
  "/validate?x=1",
  "/validate?input=%7B%7D",
  "/validate%3F",
  "/validate%20",
  "/%76alidate",
  "/./validate",
  "/validate//",
  "/forward-auth?organizationId=acme",
  "/forward-auth?role=owner",
  "/forward-auth?organizationId=acme&role=owner",
  "/TRPC/auth.validate",
  "/trpc/AUTH.validate",
  "/trpc/auth%2Evalidate",
  "/trpc%2Fauth.validate",
  "/trpc/../validate",
  "/trpc/auth.validate,",
  "/trpc/auth.validate%",
  "/trpc/auth.validate?batch=1",
  "/trpc/auth.validate?batch=1&input=%7B%7D",
  "/trpc/auth.validate?input",
  "/trpc/auth.validate?input=null",
  "/trpc/auth.validate?input=%7B%7D&input=%7B%7D",
  "/trpc/auth.validate?connectionParams=%7B%7D",
];
const [CHECK, BATCH] = [{ organizationId: "acme", role: "admin" }, { 1: { organizationId: "acme" } }].map(
  (input) => encodeURIComponent(JSON.stringify(input)),
);
/** Queries whose answer depends on the token alone. */
const OTHER_QUERIES = [
  "/link",
  "/principal",
  "/organizations/me",
  "/check?organizationId=acme",
  "/trpc/org.me",
  `/trpc/auth.check?input=${CHECK}`,
  "/trpc/auth.validate,org.me?batch=1&input=%7B%7D",
  `/trpc/auth.validate,auth.check?batch=1&input=${BATCH}`,
];
const ODD = [
  "/check?organizationId=",
  "/organizations//join",
  "/organizations/nowhere/join",
  "/organizations/a%2Fb/join",
  "/public/auth/discover",
  "/trpc/discover.byEmail",
  "/trpc/auth.link",
  "/trpc/auth.signOutEverywhere",
  "/trpc/auth.nothing",
  "/trpc/__proto__",
  `/trpc/${"auth.validate,".repeat(11)}?batch=1`,
  "/trpc",
  "/trpc/",
  "/livez",
  "/readyz",
  "/docs",
  "/ext-authz",
  "/ext-authz/validate?x",
  "/ext-authz/%zz",
  "/",
  "*",
  "/nothing",
  "/%",
  "/%zz",
  "/%00",
  "/é",
  "/a b",
  "validate",
  "",
];
const tooLong = fc.constantFrom(8_000, 20_000).map((length) => `/validate?${"x".repeat(length)}`);

export const laneTarget: fc.Arbitrary<string> = fc.constantFrom(...TAKEN);
export const almostTarget: fc.Arbitrary<string> = fc.constantFrom(...ALMOST);
const otherQuery = fc.constantFrom(...OTHER_QUERIES);

export const anyTarget: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: laneTarget },
  { weight: 12, arbitrary: almostTarget },
  { weight: 6, arbitrary: otherQuery },
  { weight: 6, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: tooLong },
);

export const usualTarget: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: laneTarget },
  { weight: 4, arbitrary: otherQuery },
);

/**
 * The same target in other words: an escape stands for a letter of the path (RFC 3986 §6.2.2.2). Fastify reads it, but
 * the lane knows no path that is spelled so. The start of a path under `/trpc/` stays, because it decides how an error
 * without a route is answered. Envoy's stays, because it is not decoded.
 */
export function spelledOtherwise(target: string): string {
  if (target.startsWith("/ext-authz")) return target;
  return target.replace(
    /^(\/trpc\/|(?!\/trpc\/)(?:http:\/\/x)?\/+(?:\.\/)?)([a-z])/,
    (_, before: string, letter: string) => `${before}%${letter.charCodeAt(0).toString(16)}`,
  );
}
