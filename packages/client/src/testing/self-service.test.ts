import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { createPlatformClient, reasonOf } from "../index.ts";
import { platformHandlers } from "./index.ts";

const url = "http://platform.test";
const ACME = { organizationId: "acme" };
const DOMAIN = "acme.example";

const platform = platformHandlers({
  url,
  organizations: [{ id: "acme", name: "Acme" }],
  users: [{ email: "owner@acme.example", memberships: { acme: "owner" } }],
});
const server = setupServer(...platform.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  vi.useRealTimers();
  platform.reset();
});
afterAll(() => server.close());

const as = (email: string) => createPlatformClient({ url, retries: 0, token: platform.tokenFor(email) });
const owner = () => as("owner@acme.example").org;

async function verify() {
  const domain = { ...ACME, domain: DOMAIN };
  const { record } = await owner().domains.claim.mutate(domain);
  expect((await owner().domains.check.mutate(domain)).state).toBe("pending");
  platform.setTxt(record?.name ?? "", record?.value ?? "");
  expect((await owner().domains.check.mutate(domain)).state).toBe("verified");
}

/** Sets up a connection, and adds somebody who signs in through it. */
async function connect() {
  const { name } = await owner().connections.begin.mutate({ ...ACME, displayName: "SSO" });
  const own = { ...ACME, name };
  expect(await owner().connections.get.query(own)).toMatchObject({ waitingFor: "connection" });
  platform.finishSetup(name, "waad");
  expect(await owner().connections.get.query(own)).toMatchObject({ state: "enabled", strategy: "waad" });
  const email = `${name}@${DOMAIN}`;
  platform.addUser({ email, connection: name, memberships: { acme: "owner" } });
  return { own, email };
}

it("trusts addresses of a domain once it is verified, and discovers the connection", async () => {
  const discover = () => as("owner@acme.example").discover.byEmail.mutate({ email: `jane@${DOMAIN}` });
  expect(
    await owner()
      .connections.begin.mutate({ ...ACME, displayName: "SSO" })
      .catch(reasonOf),
  ).toBe("NOT_READY");
  await verify();
  const { own, email } = await connect();
  const found = { method: "sso", options: [{ connection: own.name }] };
  expect(await discover()).toMatchObject(found);
  expect((await as(email).org.me.query()).user.email).toBe(email);
  await owner().connections.update.mutate({ ...own, enabled: false });
  expect(await discover()).toEqual({ method: "password" });
  expect(await as(email).org.me.query().catch(reasonOf)).toBe("DOMAIN_NOT_ALLOWED");
  await owner().connections.update.mutate({ ...own, enabled: true });
  expect(await discover()).toMatchObject(found);
  await owner().connections.remove.mutate(own);
  expect(await as(email).org.me.query().catch(reasonOf)).toBe("DOMAIN_NOT_ALLOWED");
});

it("fails the test of an old token, and of an address outside the domains", async () => {
  await verify();
  const { own, email } = await connect();
  const token = platform.tokenFor(email);
  const test = (each: string) => owner().connections.test.mutate({ ...own, token: each });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 301_000 });
  expect(await test(token)).toMatchObject({ passed: false, steps: [{ ok: false }] });
  const stranger = { email: "stranger@freelance.example", connection: own.name };
  platform.addUser(stranger);
  const { passed, steps } = await test(platform.tokenFor(stranger));
  expect([passed, steps.at(-1)]).toEqual([
    false,
    {
      rule: "address",
      ok: false,
      saw: "an e-mail address of freelance.example, which the organization has not verified",
      fix: "verify this domain for the organization, or test with an address of a verified one",
    },
  ]);
});

it("forgets domains, records, and connections with a reset", async () => {
  await verify();
  const { own } = await connect();
  platform.reset();
  expect(await owner().domains.list.query(ACME)).toEqual([]);
  expect(await owner().connections.list.query(ACME)).toEqual([]);
  const { record } = await owner().domains.claim.mutate({ ...ACME, domain: DOMAIN });
  expect(record).not.toBeNull();
  expect(await owner().domains.check.mutate({ ...ACME, domain: DOMAIN })).toMatchObject({
    found: { kind: "nothing" },
  });
  expect(() => platform.finishSetup(own.name)).toThrow("no such connection is being set up");
});
