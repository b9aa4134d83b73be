import { afterAll, beforeAll, expect, it } from "vitest";
import { actionClaims } from "./issuer.ts";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let login: ReturnType<typeof logins>;

beforeAll(async () => {
  stack = await startStack({ TRUST_MODE: "report" });
  await stack.applyOrganizations(ORGANIZATIONS);
  login = logins(stack.issuer);
});
afterAll(() => stack.close());

it("report mode accepts and reports logins of unverified domains", async () => {
  const email = `${fresh("early")}@notyet.example`;
  const claims = actionClaims({ connection: "entra-common", email });
  const { userId } = await stack
    .client(await stack.issuer.sign(fresh("waad|early"), claims))
    .auth.validate.query();
  const unverified = await login.password(email, { verified: false });
  expect(await stack.client(unverified).auth.validate.query()).toMatchObject({ userId, email });

  const reported = stack.log.map((line) => JSON.parse(line)).filter(({ event }) => event === "would_refuse");
  expect(reported).toMatchObject([
    { reason: "DOMAIN_NOT_ALLOWED", connection: "entra-common", domain: "notyet.example" },
    { reason: "EMAIL_UNVERIFIED", connection: "Username-Password-Authentication", domain: "notyet.example" },
  ]);
  for (const line of reported) expect(line).toHaveProperty("request_id");
});

it("report mode still enforces every verified domain", async () => {
  for (const [token, reason] of [
    [login.entra("x@globex.example"), "DOMAIN_NOT_ALLOWED"],
    [login.password("x@hooli.example", { verified: false }), "EMAIL_UNVERIFIED"],
    [login.password("x@initech.example"), "SSO_REQUIRED"],
  ] as const) {
    await expect(stack.client(await token).auth.validate.query()).rejects.toMatchObject({ data: { reason } });
  }
});

it("an address that only report mode accepts cannot accept an invitation", async () => {
  const token = await login.password("contractor@freelance.example", { verified: false });
  expect(await stack.client(token).org.me.query()).toMatchObject({
    user: { email: "contractor@freelance.example" },
    organizations: [],
  });
});
