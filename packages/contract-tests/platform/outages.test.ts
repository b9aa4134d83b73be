import { createPlatformClient } from "@platform-api/client";
import { runCli } from "@platform-api/platform-api";
import { createDynamoTable, dynamoBlockedUsers } from "@platform-api/server/adapters";
import { parseUserId } from "@platform-api/server/domain";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let login: ReturnType<typeof logins>;

beforeAll(async () => {
  stack = await startStack({
    DIRECTORY_DEADLINE_MS: "500",
    STORE_DEADLINE_MS: "300",
    STORE_ATTEMPT_MS: "100",
  });
  await stack.applyOrganizations(ORGANIZATIONS);
  login = logins(stack.issuer);
});
afterAll(() => stack.close());

const NOWHERE = "http://127.0.0.1:9";
/** An Auth0 subject in place of an id. */
const SUBJECT_AS_ID = /"(userId|user_id|id|pk)":"[^"]*(waad|samlp|auth0|okta|adfs)\|/;

it("a token is 503, not invalid, while the keys were never loaded, and the process stays alive", async () => {
  const server = await stack.another({ AUTH0_JWKS_URL: `${NOWHERE}/jwks.json` });
  const token = await login.entra(`${fresh("k")}@acme.example`);
  const response = await fetch(`${server.url}/validate`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await response.json()).toMatchObject({ error: { reason: "KEYS_UNAVAILABLE" } });
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${stack.url}/readyz`)).status).toBe(200);
});

it("token explain fails while the keys are unavailable", async () => {
  const environment = { ...stack.environment, AUTH0_JWKS_URL: `${NOWHERE}/jwks.json` };
  const output: string[] = [];
  const status = await runCli(["token", "explain", await login.entra("x@acme.example")], {
    ...{ env: environment, readInput: async () => "", ask: null, operator: "tests", onStop: () => {} },
    out: (text) => output.push(text),
    err: (text) => output.push(text),
  });
  expect(status).toBe(1);
  expect(output.join("")).toMatch(/✓ issuer.*✗ key.*error: the issuer's keys are unavailable/s);
});

it("a token is 503, not invalid, while the store does not answer", async () => {
  const server = await stack.another({ DYNAMODB_ENDPOINT: NOWHERE });
  const client = server.client(await login.entra(`${fresh("s")}@acme.example`));
  const outage = { data: { reason: "STORE_UNAVAILABLE", httpStatus: 503 } };
  await expect(client.auth.validate.query()).rejects.toMatchObject(outage);
  await expect(client.discover.byEmail.mutate({ email: "x@acme.example" })).rejects.toMatchObject(outage);
  const logged = stack.log
    .map((line) => JSON.parse(line))
    .filter(({ reason }) => reason === "STORE_UNAVAILABLE");
  for (const line of logged) expect(line).toMatchObject({ level: "warn" });
  expect(logged).toContainEqual(
    expect.objectContaining({ err: expect.objectContaining({ cause: "ECONNREFUSED" }) }),
  );
});

it("a blocked user is refused on every path", async () => {
  const token = await login.entra(`${fresh("blocked")}@acme.example`);
  const userId = parseUserId((await stack.client(token).auth.validate.query()).userId);
  const { DYNAMODB_TABLE: table = "", DYNAMODB_ENDPOINT: endpoint } = stack.environment;
  const store = createDynamoTable({
    table,
    endpoint,
    region: "eu-central-1",
    attemptMs: 1_000,
    deadlineMs: 2_000,
  });
  if (userId !== null)
    await dynamoBlockedUsers(store).block(userId, new Date().toISOString(), AbortSignal.timeout(2_000));
  store.close();
  const blocked = { data: { reason: "IDENTITY_BLOCKED", httpStatus: 403 } };
  await expect(stack.client(token).auth.validate.query()).rejects.toMatchObject(blocked);
  await expect(stack.client(token).org.me.query()).rejects.toMatchObject(blocked);
});

it("a first login is 502 while the directory is down, and the subject never becomes an id", async () => {
  const known = await login.entra(`${fresh("known")}@acme.example`);
  const before = await stack.client(known).auth.validate.query();
  await stack.stopDirectory();

  const token = await login.entra(`${fresh("new")}@acme.example`, { subject: "waad|never-an-id" });
  const client = createPlatformClient({ url: stack.url, token, retries: 1 });
  const answers: unknown[] = [];
  for (const call of [
    () => client.auth.validate.query(),
    () => client.org.me.query(),
    () => client.auth.check.query({ organizationId: "acme" }),
  ]) {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { reason: "DIRECTORY_UNAVAILABLE", httpStatus: 502 } });
    answers.push(error);
  }
  const response = await fetch(`${stack.url}/validate`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
  answers.push(await response.text(), await stack.client(known).auth.validate.query());
  expect(answers.at(-1)).toEqual(before);

  const items = await stack.items();
  expect(JSON.stringify(items)).not.toContain("never-an-id");
  expect(JSON.stringify(answers)).not.toContain("|");
  expect(stack.log.join("")).not.toContain("|");
  for (const text of [JSON.stringify(items), stack.log.join("")]) expect(text).not.toMatch(SUBJECT_AS_ID);
});

it("the log contains no token, address or query", async () => {
  const email = `${fresh("canary")}@acme.example`;
  const token = await login.entra(email);
  await stack
    .client(token)
    .auth.check.query({ organizationId: "acme-canary-query" })
    .catch(() => {});
  await fetch(`${stack.url}/${token}?email=${email}`);
  await fetch(`${stack.url}/trpc/${token}?input=${token}`);
  const log = stack.log.join("");
  expect(log.length).toBeGreaterThan(1_000);
  for (const secret of [token, token.slice(-40), email, "canary-query"]) expect(log).not.toContain(secret);
});
