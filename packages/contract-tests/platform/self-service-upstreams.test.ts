import { openWizard } from "@platform-api/dev/identity-provider";
import { auth0Tenant, dnsTxtLookup } from "@platform-api/server/adapters";
import type { Auth0Tenant } from "@platform-api/server/domain";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type SelfServiceUpstreams, startSelfServiceUpstreams } from "../simulator/self-service.ts";

let upstreams: SelfServiceUpstreams;
let tenant: Auth0Tenant;
let auth0OrgId: string;
const { signal } = new AbortController();

beforeAll(async () => {
  upstreams = await startSelfServiceUpstreams();
  const { settings } = upstreams;
  tenant = auth0Tenant({
    url: settings.AUTH0_MANAGEMENT_URL ?? "",
    clientId: settings.AUTH0_MANAGEMENT_CLIENT_ID ?? "",
    clientSecret: settings.AUTH0_MANAGEMENT_CLIENT_SECRET ?? "",
    profileId: settings.AUTH0_SELF_SERVICE_PROFILE_ID ?? "",
    appClientIds: settings.AUTH0_APP_CLIENT_IDS?.split(",") ?? [],
    // Longer than a busy machine needs.
    attemptMs: 10_000,
    budgetMs: 30_000,
  });
  auth0OrgId = await tenant.ensureOrganization({ name: "soylent", displayName: "Soylent" }, signal);
});
beforeEach(() => upstreams.identityProvider.management.restore());
afterAll(() => upstreams.close());

it("finds an organization where it would create one twice", async () => {
  const again = { name: "soylent", displayName: "Soylent Corporation" };
  expect(await tenant.ensureOrganization(again, signal)).toBe(auth0OrgId);
});

it("sees each step of the wizard, and ends what it has begun", async () => {
  const name = "soylent-00000001";
  const { url, ticketId } = await tenant.createTicket({ name, displayName: "Soylent", auth0OrgId }, signal);
  const wizard = await openWizard(url);
  expect(await tenant.findConnection(name, signal)).toBeNull();

  await wizard.create("samlp");
  const connection = await tenant.findConnection(name, signal);
  expect(connection).toMatchObject({ name, strategy: "samlp", isCommonEndpoint: false });
  const id = connection?.id ?? "";
  expect(await tenant.isEnabledForClients(id, signal)).toBe(false);
  expect(await tenant.isEnabledForOrganization(auth0OrgId, id, signal)).toBe(false);

  await wizard.enable();
  expect(await tenant.isEnabledForClients(id, signal)).toBe(true);
  expect(await tenant.isEnabledForOrganization(auth0OrgId, id, signal)).toBe(true);

  for (let times = 0; times < 2; times++) {
    await tenant.withdraw(auth0OrgId, id, signal);
    await tenant.revokeTicket(ticketId, signal);
  }
  expect(await tenant.isEnabledForOrganization(auth0OrgId, id, signal)).toBe(false);
  await expect(openWizard(url)).rejects.toThrow("It was withdrawn");
});

it.for<[string, boolean]>([
  ["waad", true],
  ["waad", false],
  ["oidc", true],
  ["oidc", false],
])("T89: sees the common endpoint of %s: %s", async ([strategy, isCommonEndpoint]) => {
  const name = `soylent-${strategy}-${isCommonEndpoint}`;
  const { url } = await tenant.createTicket({ name, displayName: "Soylent", auth0OrgId }, signal);
  await (await openWizard(url)).create(strategy, { isCommonEndpoint });
  expect(await tenant.findConnection(name, signal)).toMatchObject({ isCommonEndpoint });
});

it("reads the development DNS server like any resolver", async () => {
  const { dns, settings } = upstreams;
  const lookup = dnsTxtLookup([settings.DNS_RESOLVERS ?? "", settings.DNS_RESOLVERS ?? ""]);
  const name = "_platform-api.soylent.example";
  expect(await lookup.txt(name, signal)).toEqual([{ kind: "none" }, { kind: "none" }]);
  const values = ["one", "x".repeat(2_000)];
  dns.records.set(name, values);
  for (const answer of await lookup.txt(name, signal))
    expect(answer).toEqual({ kind: "values", values: expect.arrayContaining(values) });
  dns.behave("servfail");
  expect(await lookup.txt(name, signal)).toEqual([{ kind: "failed" }, { kind: "failed" }]);
});
