import fc from "fast-check";

const PROCEDURES = [
  "auth.validate",
  "auth.link",
  "auth.check",
  "org.me",
  "org.join",
  "discover.byEmail",
] as const;
const WARM = [
  "/trpc/auth.validate",
  "/trpc/auth.validate?batch=1&input=%7B%7D",
  "/validate",
  "/link",
  "/forward-auth",
  "/forward-auth?",
];

const NOT_PROCEDURES = [
  "auth.nothing",
  "auth",
  "",
  ".",
  "AUTH.validate",
  "auth.Validate",
  "constructor",
  "__proto__",
  "toString",
  "auth.validate/",
  "/auth.validate",
  "auth%2Evalidate",
  "auth.validate%2Corg.me",
  "auth.validate%",
  "%zz",
  "%00",
  "auth.validate;x",
  "auth.validate,",
  ",auth.validate",
  "auth.validate,,org.me",
  "a/b",
  "auth.validate%20",
  "é",
  "x".repeat(300),
];
const procedure = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<string>(...PROCEDURES) },
  { weight: 1, arbitrary: fc.constantFrom(...NOT_PROCEDURES) },
);

const INPUTS: readonly unknown[] = [
  undefined,
  null,
  {},
  [],
  0,
  "acme",
  { organizationId: "acme" },
  { organizationId: "forge" },
  { organizationId: "acme", role: "owner" },
  { organizationId: "acme", role: "admin" },
  { organizationId: "acme", role: "queen" },
  { organizationId: "acme", rôle: "admin" },
  { organizationId: 7 },
  { organizationId: "closed" },
  { organizationId: "Not An Id" },
  { organizationId: "nowhere" },
  { email: "jane@acme.example" },
  { email: "jane" },
  { json: { organizationId: "acme" } },
];
const input = fc.constantFrom(...INPUTS);

function encoded(value: unknown): string {
  return encodeURIComponent(JSON.stringify(value) ?? "");
}

const deep = encodeURIComponent(`${"[".repeat(33)}${"]".repeat(33)}`);
const deepEnough = encodeURIComponent(`{"0":${"[".repeat(31)}${"]".repeat(31)}}`);
const QUERIES = [
  "",
  "?",
  "?batch=1",
  "?batch=0",
  "?batch",
  "?batch=1&batch=1",
  "?batch=true",
  "?BATCH=1",
  "?input",
  "?input=",
  "?batch=1&input={}",
  "?input=%7B%7D&batch=1",
  "?batch=1&input=%7b%7d",
  "?batch=1&input=%7B%7D&",
  "?batch=1&input=%7B%7D&x=1",
  "?batch=1&input=%7B%7D&batch=1",
  "?x",
  "?input=%7B",
  "?input=%zz",
  "?input=null",
  "?input=%7B%7D&input=%7B%7D",
  "?batch=1&input=[]",
  "?batch=1&input=null",
  "?batch=1&input=1",
  '?batch=1&input="x"',
  "?batch=%31&input=%7B%7D",
  "?input[]=1",
  "?input[a]=1",
  "?__proto__=1",
  "?batch=1&input=%7B%220%22%3Anull%7D",
  "?connectionParams=%7B%7D",
  `?input=${deep}`,
  `?batch=1&input=${deep}`,
  `?batch=1&input=${deepEnough}`,
  "??",
  "?&&&",
  "?batch=1;input=%7B%7D",
  "?organizationId=acme",
  "?organizationId=acme&role=admin",
  "?organizationId=acme&organizationId=acme",
  "?role=x",
];
const longQuery = fc.constantFrom(8_000, 20_000).map((length) => `?input=${"x".repeat(length)}`);

const query = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...QUERIES) },
  { weight: 4, arbitrary: input.map((value) => `?input=${encoded(value)}`) },
  { weight: 1, arbitrary: input.map((value) => `?batch=1&input=${encoded({ 0: value })}`) },
);

const single = fc.tuple(procedure, query).map(([path, search]) => `/trpc/${path}${search}`);

/** Calls that are answered and refused, side by side. More than ten are refused. */
const batch = fc
  .array(fc.tuple(procedure, input), { minLength: 1, maxLength: 12, size: "max" })
  .map((calls) => {
    const inputs = Object.fromEntries(
      calls.flatMap(([, value], index) => (value === undefined ? [] : [[index, value]])),
    );
    return `/trpc/${calls.map(([path]) => path).join()}?batch=1&input=${encoded(inputs)}`;
  });

const REST = [
  "/check",
  "/check?organizationId=acme",
  "/check?organizationId=acme&role=owner",
  "/check?organizationId=acme&x=1",
  "/check?organizationId=",
  "/organizations/me",
  "/organizations/me/",
  "/organizations/forge/join",
  "/organizations/nowhere/join",
  "/organizations/%66orge/join",
  "/organizations//join",
  "/organizations/a%2Fb/join",
  "/public/auth/discover",
  "/livez",
  "/readyz",
  "/livez?x",
  "/docs",
  "/validate?x=1",
  "/validate/",
  "/VALIDATE",
  "/forward-auth/",
  "/forward-auth??",
  "/forward-auth?organizationId=acme",
  "/forward-auth?role=owner",
  "/forward-auth?organizationId=acme&role=owner",
  "/ext-authz",
  "/ext-authz/validate?x",
  "/ext-authz/%zz",
  "//validate",
  "/validate//",
  "/%76alidate",
  "/validate%3F",
  "/validate#x",
  "/./validate",
  "/trpc/../validate",
];
const ODD = [
  "/",
  "*",
  "/nothing",
  "/trpc",
  "/trpc/",
  "/trpc//",
  "/TRPC/auth.validate",
  "/trpcx/auth.validate",
  "/%",
  "/%zz",
  "/trpc%2Fauth.validate",
  "//trpc/auth.validate",
  "/trpc/auth.validate#x",
  "/\u00e9",
  "/a b",
  "trpc/auth.validate",
  "http://x/validate",
  "http://x/trpc/auth.validate",
  "/trpc/auth.validate?batch=1&input=%7B%7D#",
  "/%00",
  "",
];

export const anyTarget: fc.Arbitrary<string> = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom(...WARM) },
  { weight: 12, arbitrary: single },
  { weight: 6, arbitrary: batch },
  { weight: 8, arbitrary: fc.constantFrom(...REST) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD) },
  // The description is long, so it is asked for rarely.
  {
    weight: 1,
    arbitrary: fc.oneof(
      longQuery.map((search) => `/trpc/auth.validate${search}`),
      fc.constant("/openapi.json"),
    ),
  },
);

/** Queries whose answer depends on the token alone. */
export const usualTarget: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WARM) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "/organizations/me",
      "/check?organizationId=acme",
      "/trpc/org.me",
      "/trpc/auth.validate,org.me?batch=1&input=%7B%7D",
      `/trpc/auth.check?input=${encoded({ organizationId: "acme", role: "admin" })}`,
      `/trpc/auth.validate,auth.check?batch=1&input=${encoded({ 1: { organizationId: "acme" } })}`,
    ),
  },
);
