import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { actionClaims } from "./issuer.ts";
import { logins, ORGANIZATIONS } from "./people.ts";
import { startStack } from "./stack.ts";

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
  ...[{ sub: SUPPORT }, { sub: BARRED, client_id: "helpdesk" }, { sub: "agt_1", act: { sub: "spa" } }],
  ...[{ sub: SUPPORT, iss: "https://other.example/" }, {}, null, "agt_1", [{ sub: SUPPORT }]],
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

it("T80, T81, T82: `token explain` says of any token what `serve` says, and who acts and administers", async () => {
  const stack = await startStack();
  try {
    await stack.applyOrganizations(ORGANIZATIONS);
    const login = logins(stack.issuer);
    await stack.client(await login.entra("boss@acme.example", { subject: BOSS })).org.me.query();
    const staff = async (subject: string) =>
      stack
        .client(await login.password(`${subject.slice(6)}@hooli.example`, { subject }))
        .auth.validate.query();
    await staff(SUPPORT);
    await stack.cli("identity", "block", (await staff(BARRED)).userId, "--yes");

    const outcomes = new Set<string>();
    const agree = fc.asyncProperty(anyToken, async ({ subject, limits, ...custom }) => {
      const { connection, email } = custom;
      const claims = actionClaims({ email, ...(connection !== undefined && { connection }) });
      const token = await stack.issuer.sign(subject, { ...claims, ...limits });
      const { output } = await stack.cli("token", "explain", token, "--json");
      const { refused, steps } = explanation.parse(JSON.parse(output));
      const seen = (step: string) => steps.find((each) => each.step === step)?.saw ?? "";

      const client = stack.client(token);
      const answer = client.auth.validate.query();
      expect(await reasonOf(answer)).toBe(refused);
      outcomes.add(refused ?? "answered");
      if (refused !== null) return;
      const { actor, clientId } = await answer;
      expect(seen("delegation") !== "").toBe(actor !== null);
      if (actor !== null) {
        expect(seen("delegation")).toContain(actor.userId ?? "an actor without a stored link");
        expect(seen("delegation")).toContain(`through ${actor.clientId ?? "an application that"}`);
      }
      const administered = await reasonOf(client.org.get.query({ organizationId: "acme" }));
      const limit = ADMINISTRATION.find((reason) => seen("administration").includes(`: ${reason}: `)) ?? null;
      expect(ADMINISTRATION.includes(administered ?? "") ? administered : null).toBe(limit);
      expect(seen("administration")).toContain(`through ${clientId ?? "an application that"}`);
      outcomes.add(limit ?? "administers");
    });
    await fc.assert(agree, { seed: SEED, numRuns: RUNS, endOnFailure: true });
    expect([...outcomes]).toEqual(
      expect.arrayContaining([
        ...["TOKEN_INVALID", "USER_TOKEN_REQUIRED", "DELEGATION_NOT_ALLOWED", "IDENTITY_BLOCKED"],
        ...["IDENTITY_CONFLICT", "DOMAIN_NOT_ALLOWED", "EMAIL_MISSING"],
        ...["CLIENT_NOT_ALLOWED", "administers", "answered"],
      ]),
    );
  } finally {
    await stack.close();
  }
});
