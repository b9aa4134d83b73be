import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { openWizard } from "../index.ts";
import { caller, NEW_TICKET, newTicket, TICKETS } from "../management/management.fixture.ts";
import { claimsOf, dataFolder, runningTenant, signIn, Visitor } from "../running-tenant.fixture.ts";

const { name } = NEW_TICKET.connection_config;
const HOUR_MS = 3_600_000;
const UNKNOWN = "It was withdrawn, or it is not complete.";

async function tenant(options: { dataFolder?: string } = {}) {
  const provider = await runningTenant(options);
  const ask = await caller(provider);
  return { provider, ask, url: await newTicket(ask) };
}

/** Moves the clock of this process. */
function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

const found = z.array(z.object({ id: z.string(), strategy: z.string(), options: z.looseObject({}) }));

async function connectionOf(ask: Awaited<ReturnType<typeof caller>>) {
  const [connection] = found.parse((await ask(`GET connections?name=${name}`)).body);
  return connection;
}

test("a finished wizard leaves an enabled connection, through which its people sign in", async () => {
  const folder = await dataFolder();
  const { provider, ask, url } = await tenant({ dataFolder: folder });
  const { body } = await ask("POST organizations", { name: "soylent", display_name: "Soylent" });
  const { id } = z.object({ id: z.string() }).parse(body);
  const ticket = await newTicket(ask, {
    connection_config: { name: "own-1", display_name: "Own" },
    enabled_organizations: [{ organization_id: id, assign_membership_on_login: true }],
  });
  expect(ticket).not.toBe(url);

  const wizard = await openWizard(ticket);
  expect((await ask("GET connections?name=own-1")).body).toEqual([]);
  await wizard.create("okta");
  const [connection] = found.parse((await ask("GET connections?name=own-1")).body);
  expect(connection).toMatchObject({ strategy: "okta" });
  const use = `GET organizations/${id}/enabled_connections/${connection?.id}`;
  expect(await ask(`GET connections/${connection?.id}/clients`)).toMatchObject({ body: { clients: [] } });
  expect(await ask(use)).toMatchObject({ status: 404 });
  const person = { email: "olga@soylent.example", connection: "own-1" };
  await expect(signIn(provider.issuer, person)).rejects.toThrow("not enabled for the application");

  await wizard.enable();
  expect(await ask(use)).toMatchObject({
    body: { connection_id: connection?.id, assign_membership_on_login: true },
  });
  await provider.close();
  const { issuer } = await runningTenant({ dataFolder: folder });
  const claims = await claimsOf(issuer, { ...person, organization: id });
  const namespace = "https://platform-api.example/";
  expect(claims).toMatchObject({
    sub: expect.stringMatching(/^okta\|own-1\|00u/),
    org_id: id,
    [`${namespace}connection`]: "own-1",
    [`${namespace}email`]: "olga@soylent.example",
  });
});

test.for<[string, boolean, object]>([
  ["waad", false, { useCommonEndpoint: false }],
  ["waad", true, { useCommonEndpoint: true }],
  ["oidc", false, { issuer: "https://idp.soylent.example" }],
  ["oidc", true, { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" }],
  ["adfs", true, {}],
])("%s with the common endpoint ticked: %s", async ([strategy, isCommonEndpoint, options]) => {
  const { ask, url } = await tenant();
  await (await openWizard(url)).create(strategy, { isCommonEndpoint });
  const connection = await connectionOf(ask);
  expect(connection).toMatchObject({ strategy, options });
  expect(connection?.options.useCommonEndpoint ?? false).toBe(strategy === "waad" && isCommonEndpoint);
});

test("a choice that does not exist creates nothing", async () => {
  const { ask, url } = await tenant();
  await expect((await openWizard(url)).create("google-oauth2")).rejects.toThrow(
    "Choose your identity provider.",
  );
  expect(await connectionOf(ask)).toBeUndefined();
});

test("the later of two tickets for one name creates nothing", async () => {
  const { ask, url } = await tenant();
  const other = await openWizard(await newTicket(ask));
  await (await openWizard(url)).create("okta");
  await expect(other.create("samlp")).rejects.toThrow("There is a connection called");
  expect(await connectionOf(ask)).toMatchObject({ strategy: "okta" });
});

test("is valid for its time until it is first opened, and five hours afterwards", async () => {
  const { ask, url } = await tenant();
  const unopened = await newTicket(ask, { ttl_sec: 60 });
  const wizard = await openWizard(url);
  later(4 * HOUR_MS);
  await expect(openWizard(unopened)).rejects.toThrow("It was not opened in time");
  await (await openWizard(url)).create("okta");
  later(HOUR_MS);
  await expect(wizard.enable()).rejects.toThrow("was opened five hours ago");
  await expect(openWizard(url)).rejects.toThrow("was opened five hours ago");
});

test("a ticket is valid for five days unless a time is given", async () => {
  const { ask } = await tenant();
  const url = await newTicket(ask, { ttl_sec: undefined });
  later(119 * HOUR_MS);
  await openWizard(url);
});

test("can be opened ten times, and reloading a page does not count", async () => {
  const { provider, url } = await tenant();
  const browser = new Visitor(provider.issuer);
  const page = await browser.visit(url);
  for (let times = 0; times < 20; times++) expect((await browser.visit(page.url)).status).toBe(200);
  for (let opens = 2; opens <= 10; opens++) await openWizard(url);
  await expect(openWizard(url)).rejects.toThrow("It can be opened ten times.");
});

test("ends with its revocation, which an unknown ticket survives", async () => {
  const { provider, ask, url } = await tenant();
  const wizard = await openWizard(url);
  const revoke = `POST ${TICKETS}/${new URL(url).searchParams.get("ticket")}/revoke`;
  for (const what of [revoke, revoke, `POST ${TICKETS}/none/revoke`])
    expect(await ask(what)).toEqual({ status: 202, body: null });
  await expect(wizard.create("okta")).rejects.toThrow(UNKNOWN);
  await expect(openWizard(url)).rejects.toThrow(UNKNOWN);
  await expect(openWizard(`${provider.issuer}self-service/connections-flow`)).rejects.toThrow(UNKNOWN);
});

test("its pages hold no link, no script and not the ticket", async () => {
  const { provider, ask } = await tenant();
  const url = await newTicket(ask, { connection_config: { name: "own-1", display_name: "Soylent (SAML)" } });
  const browser = new Visitor(provider.issuer);
  const choice = await browser.visit(url);
  const created = await browser.visit(choice.url, { step: "create", strategy: "samlp" });
  const enabled = await browser.visit(created.url, { step: "enable" });
  expect(choice.html).toContain("People of Soylent will sign in with it.");
  expect(enabled.html).toContain("You can close this tab and go back to Platform.");
  for (const { status, html, headers } of [choice, created, enabled]) {
    expect(status).toBe(200);
    expect(html).not.toMatch(/<a |<script|ticket/);
    expect(headers.get("cache-control")).toBe("no-store");
  }
  expect((await browser.visit(choice.url)).html).toContain("Connection enabled");
});
