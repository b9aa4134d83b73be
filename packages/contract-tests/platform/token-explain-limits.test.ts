import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { actionClaims, type Claims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { logins } from "../simulator/people.ts";

const SEED = 8;
const RUNS = 150;
const [BOSS, SUPPORT, BARRED] = ["waad|boss", "auth0|support", "auth0|barred"];

/** Mostly what a right token says, so that few tokens have more than one fault. */
const mostly = <T>(right: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const application = [undefined, "reports", "platform", "", "kö", ["spa"]];
const actors = [
  { sub: SUPPORT },
  { sub: BARRED, client_id: "helpdesk" },
  { sub: "agt_1", act: { sub: "spa" } },
  { sub: SUPPORT, iss: "https://other.example/" },
  {},
  null,
  "agt_1",
  [{ sub: SUPPORT }],
  { sub: "1", act: { sub: "2", act: { sub: "3", act: { sub: "4", act: { sub: "5" } } } } },
];

const anyToken = fc.record({
  subject: fc.oneof(
    { weight: 3, arbitrary: fc.constant(BOSS) },
    { weight: 2, arbitrary: fc.constantFrom("agt_1", "spa", "m@clients", "bare", "samlp|globex-saml|x") },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }).map((id) => `waad|${id}`) },
  ),
  connection: mostly<string | undefined>("acme-entra", undefined, "acme-okta"),
  email: mostly<string | undefined>("boss@acme.example", undefined, "x@acme.example", "x@globex.example"),
  limits: fc.record({
    azp: mostly<unknown>("spa", ...application),
    client_id: mostly<unknown>(undefined, "spa", ...application),
    act: fc.oneof(fc.constant(undefined), fc.constantFrom<unknown>(...actors)),
    cnf: mostly<unknown>(undefined, { jkt: "0ZcOCORZNYy" }, null),
    sub_profile: mostly<unknown>(undefined, "user", "ai_agent", null),
    gty: mostly<unknown>(undefined, "client-credentials", "password"),
    org_id: mostly<unknown>(undefined, "org_acme", "org_other"),
  }),
});

const explanation = z.object({
  refused: z.string().nullable(),
  steps: z.array(z.object({ step: z.string(), saw: z.string() })),
});
const DELEGATION = "acts for the user through";
const ADMINISTRATION = ["CLIENT_NOT_ALLOWED", "DELEGATION_NOT_ALLOWED"];

/** Null for an answer. */
async function reasonOf(answer: Promise<unknown>): Promise<string | null> {
  const error: unknown = await answer.then(
    () => null,
    (thrown) => thrown,
  );
  return error === null
    ? null
    : z.object({ data: z.object({ reason: z.string() }) }).parse(error).data.reason;
}

const stack = stackOfTests();
const login = logins(stack);
let supportId: string;

beforeAll(async () => {
  await stack.client(await boss()).org.me.query();
  const staff = async (subject: string) => {
    const token = await login.password(`${subject.slice("auth0|".length)}@hooli.example`, { subject });
    return (await stack.client(token).auth.validate.query()).userId;
  };
  supportId = await staff(SUPPORT);
  await stack.cli("identity", "block", await staff(BARRED), "--yes");
});

const boss = (claims: Claims = {}) => login.entra("boss@acme.example", { subject: BOSS, ...claims });

/** What `token explain` says of a token, by rule. */
async function explain(token: string) {
  const { output } = await stack.cli("token", "explain", token, "--json");
  const { refused, steps } = explanation.parse(JSON.parse(output));
  return { refused, seen: (step: string) => steps.find((each) => each.step === step)?.saw ?? "" };
}

it.each<[string, Claims, string, string]>([
  [
    "a user's own token through the console's application",
    {},
    "",
    "through spa: in ADMIN_CLIENT_IDS, so the role decides",
  ],
  [
    "T82: another application's",
    { azp: undefined, client_id: "reports" },
    "",
    "through reports: CLIENT_NOT_ALLOWED: the application reports is not in ADMIN_CLIENT_IDS (ADMIN_CLIENT_IDS: spa)",
  ],
  [
    "T81: support staff's",
    { act: { sub: SUPPORT, client_id: "helpdesk" } },
    `<support> ${DELEGATION} helpdesk: the token is answered, and decides nothing`,
    "through spa: DELEGATION_NOT_ALLOWED: a delegated token decides and stores nothing",
  ],
  [
    "T81: an agent's of an unknown application",
    { azp: undefined, act: { sub: "agt_1" } },
    `an actor without a stored link ${DELEGATION} an application that the token does not name: the token is answered, and decides nothing`,
    "through an application that the token does not name: DELEGATION_NOT_ALLOWED: a delegated token decides and stores nothing",
  ],
])(
  "`token explain` shows who acts and who administers with %s",
  async (_, claims, delegation, administration) => {
    const { refused, seen } = await explain(await boss(claims));
    expect({ refused, delegation: seen("delegation").replace(supportId, "<support>") }).toEqual({
      refused: null,
      delegation,
    });
    expect(seen("administration")).toBe(administration);
  },
);

it.each<[string, () => Promise<string>, person: string, service: string]>([
  ["a user", boss, "a user token: it has a connection claim", ""],
  [
    "a service",
    () => login.machine(),
    "a machine token: its gty is client-credentials",
    "worker: SERVICE_CLIENTS allows it standing, audit, introspect",
  ],
  [
    "a machine that is not listed",
    () => login.machine("m2m"),
    "a machine token: its gty is client-credentials",
    "CLIENT_NOT_ALLOWED: the application m2m is not in SERVICE_CLIENTS (SERVICE_CLIENTS: worker)",
  ],
  [
    "a user whose token says machine",
    () => boss({ azp: "worker", sub_profile: "ai_agent" }),
    "a machine token: its sub_profile is not user, although it has a connection claim",
    "CLIENT_NOT_ALLOWED: the token is not a service's: it has a connection claim (SERVICE_CLIENTS: worker)",
  ],
])(
  "T25: `token explain` shows what it saw of %s, and what a machine may ask",
  async (_, sign, person, service) => {
    const { seen } = await explain(await sign());
    expect([seen("person"), seen("service")]).toEqual([person, service]);
  },
);

it("T80, T81, T82: `token explain` says of any token what `serve` says", async () => {
  const outcomes = new Set<string>();
  const agree = fc.asyncProperty(anyToken, async ({ subject, limits, connection, email }) => {
    const claims = actionClaims({ email, ...(connection !== undefined && { connection }) });
    const token = await stack.issuer.sign(subject, { ...claims, ...limits });
    const { refused, seen } = await explain(token);
    const client = stack.client(token);
    const answer = client.auth.validate.query();
    expect(await reasonOf(answer)).toBe(refused);
    outcomes.add(refused ?? "answered");
    if (refused !== null) return;
    const { actor, clientId } = await answer;
    const application = (id: string | null) =>
      `through ${id ?? "an application that the token does not name"}: `;
    if (actor === null) expect(seen("delegation")).toBe("");
    else {
      expect(seen("delegation")).toContain(actor.userId ?? "an actor without a stored link");
      expect(seen("delegation")).toContain(application(actor.clientId));
    }
    const administered = await reasonOf(client.org.get.query({ organizationId: "acme" }));
    const limit = ADMINISTRATION.find((reason) => seen("administration").includes(`: ${reason}: `)) ?? null;
    expect(ADMINISTRATION.includes(administered ?? "") ? administered : null).toBe(limit);
    expect(seen("administration")).toContain(application(clientId));
    outcomes.add(limit ?? "administers");
  });
  await fc.assert(agree, { seed: SEED, numRuns: RUNS, endOnFailure: true });
  expect([...outcomes]).toEqual(
    expect.arrayContaining([
      "TOKEN_INVALID",
      "USER_TOKEN_REQUIRED",
      "DELEGATION_NOT_ALLOWED",
      "IDENTITY_BLOCKED",
      "IDENTITY_CONFLICT",
      "DOMAIN_NOT_ALLOWED",
      "EMAIL_MISSING",
      "CLIENT_NOT_ALLOWED",
      "administers",
      "answered",
    ]),
  );
});
