import { createPlatformClient } from "@platform-api/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let login: ReturnType<typeof logins>;

beforeAll(async () => {
  // Nothing answers in these tests, so the deadlines only say how long they take.
  stack = await startStack({ DIRECTORY_DEADLINE_MS: "500" });
  await stack.applyOrganizations(ORGANIZATIONS);
  login = logins(stack.issuer);
});
afterAll(() => stack.close());

/** An Auth0 subject in place of an id. */
const SUBJECT_AS_ID = /"(userId|user_id|id|pk)":"[^"]*(waad|samlp|auth0|okta|adfs)\|/;

it("an outage of the store is a 503, and is logged as a warning with its cause", async () => {
  const server = await stack.another({
    DYNAMODB_ENDPOINT: "http://127.0.0.1:9",
    STORE_DEADLINE_MS: "300",
    STORE_ATTEMPT_MS: "100",
  });
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

it("T47: a first login is 502 while the directory is down, and the subject never becomes an id", async () => {
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
  answers.push(await stack.client(known).auth.validate.query());
  expect(answers.at(-1)).toEqual(before);

  const items = JSON.stringify(await stack.items());
  expect(items).not.toContain("never-an-id");
  expect(JSON.stringify(answers)).not.toContain("|");
  expect(stack.log.join("")).not.toContain("|");
  for (const text of [items, stack.log.join("")]) expect(text).not.toMatch(SUBJECT_AS_ID);
});
