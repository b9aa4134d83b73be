import {
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  type IdentityProvider,
  managementEnvironment,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { runCommand, type Stack, startStack, whose } from "../simulator/stack.ts";
import {
  type Follower,
  press,
  signIn,
  follow as startFollower,
  subjectOf,
} from "../simulator/tenant-users.ts";

const OKTA = { name: "acme-okta", strategy: "okta", displayName: "Okta" };
const SOON = { timeout: 20_000, interval: 20 };

const folder = folderOfTests("events-follow");
let provider: IdentityProvider;
let stack: Stack;
beforeAll(async () => {
  const loopback = { host: "127.0.0.1", port: 0 };
  provider = await startIdentityProvider({ ...loopback, dataFolder: folder, connections: [OKTA] });
  stack = await startStack({
    AUTH0_ISSUER: provider.issuer,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    ...managementEnvironment(provider.issuer),
  });
  const acme = { id: "acme", name: "Acme", domains: ["acme.example"], connections: [OKTA] };
  await stack.applyOrganizations([acme]);
});
const running: Follower[] = [];
afterEach(async () => {
  provider.management.restore();
  await Promise.all(running.splice(0).map((follower) => follower.stop()));
});
afterAll(() => Promise.all([stack.close(), provider.close()]));

function follow(...options: string[]): Follower {
  const follower = startFollower(stack.environment, ...options);
  running.push(follower);
  return follower;
}

const tokenOf = async (email: string) =>
  (await signIn(provider, { email, connection: OKTA.name })).accessToken;

const pressFor = (action: Parameters<typeof press>[1], token: string) =>
  press(provider, action, subjectOf(token));

async function becomes(token: string, expected: string | RegExp): Promise<void> {
  await vi.waitUntil(async () => (await whose(stack, token)).match(expected), SOON);
}

const UUID = /^[0-9a-f-]{36}$/;

it("an unexpired token is refused once its user is blocked at Auth0, and counts again once they are not", async () => {
  const follower = follow();
  await follower.says("beginning to follow the events of Auth0");
  const token = await tokenOf("jane@acme.example");
  expect(await whose(stack, token)).toMatch(UUID);
  await pressFor("block", token);
  await becomes(token, "IDENTITY_BLOCKED");
  await pressFor("unblock", token);
  await becomes(token, UUID);
  await pressFor("delete", token);
  await becomes(token, "IDENTITY_BLOCKED");
  const signsIn = async () => (await whose(stack, await tokenOf("jane@acme.example"))).match(UUID);
  await vi.waitUntil(signsIn, { ...SOON, interval: 300 });
  expect(await whose(stack, token)).toBe("TOKEN_REVOKED");
  expect(await follower.stop()).toBe(0);
  expect(follower.log()).toMatch(
    /"change":"blocked".*"change":"lifted".*"change":"deleted".*"msg":"stopped"/s,
  );
  expect(follower.log()).not.toMatch(/jane|okta\|/);
});

it("what happened while nobody followed has its effect with the next start, also where events are lost", async () => {
  const [held, lost] = await Promise.all([tokenOf("joe@acme.example"), tokenOf("ann@acme.example")]);
  for (const token of [held, lost]) expect(await whose(stack, token)).toMatch(UUID);
  await pressFor("block", held);
  const first = follow();
  await becomes(held, "IDENTITY_BLOCKED");
  await first.stop();
  await pressFor("block", lost);
  provider.events.forget();
  const second = follow();
  await becomes(lost, "IDENTITY_BLOCKED");
  await second.says('"is_done":true');
});

it("says what is missing, and stops for an operator where the tenant does not know its users", async () => {
  const { AUTH0_EVENTS_CLIENT_ID: _id, AUTH0_EVENTS_CLIENT_SECRET: _secret, ...without } = stack.environment;
  const { status, output } = await runCommand(without, ["events", "follow"]);
  expect([status, output]).toEqual([
    1,
    expect.stringContaining("AUTH0_EVENTS_CLIENT_ID and AUTH0_EVENTS_CLIENT_SECRET are not set"),
  ]);
  const wrong = { ...stack.environment, AUTH0_EVENTS_CLIENT_SECRET: "guess" };
  const refused = await runCommand(wrong, ["events", "follow"]);
  expect([refused.status, refused.output]).toEqual([
    1,
    expect.stringContaining("AUTH0_EVENTS_CLIENT_SECRET is wrong"),
  ]);
  provider.events.forget();
  provider.management.instead("GET /users/:id", { status: 404, body: {} });
  const stopped = follow();
  expect(await stopped.ended).toBe(3);
  expect(stopped.log()).toContain("run `platform-api events follow --accept-deletions`");
});
