import { reasonOf } from "@platform-api/client";
import { describe, expect, it } from "vitest";
import { commandsBy } from "../simulator/commands.ts";
import { actionClaims, type Claims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { runCommand } from "../simulator/stack.ts";

const stack = stackOfTests();
const login = logins(stack);

interface Tested {
  readonly passed: boolean;
  readonly steps: readonly { rule: string; ok: boolean; saw: string; fix: string }[];
}

const TEST = ["connection", "test", "acme", "acme-entra"];

async function test(token: string, settings = {}): Promise<Tested & { readonly status: number }> {
  const environment = { ...stack.environment, ...settings };
  const { status, output } = await runCommand(environment, [...TEST, token, "--json"]);
  const [line] = output.split("\n");
  return { status, ...JSON.parse(line ?? "") };
}

const { run, json, audited } = commandsBy((...args) => stack.cli(...args));
const shown = () => json("connection", "show", "acme", "acme-entra");
/** A token of Acme's connection with other claims. */
const viaEntra = (claims: Claims) => {
  const usual = actionClaims({ connection: "acme-entra", email: "x@acme.example", emailVerified: false });
  return stack.issuer.sign(fresh("waad|id"), { ...usual, ...claims });
};
const now = () => Math.floor(Date.now() / 1_000);
const ENTRA = {
  name: "acme-entra",
  strategy: "waad",
  displayName: "Acme",
  state: "enabled",
  waitingFor: null,
  testedAt: null,
  origin: "operator",
};
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-/;

describe("connection list, show and set", () => {
  it("show the connections of the organization only", async () => {
    expect(await json("connection", "list", "acme")).toEqual([ENTRA]);
    expect(await shown()).toEqual(ENTRA);
    expect(await run("connection", "list", "acme")).toMatch(/^NAME .*\nacme-entra +Acme +waad/);
    expect(await run("connection", "show", "acme", "acme-entra")).toMatch(
      /^acme-entra \(Acme\) is enabled\.\nIdentity provider: waad\nSet up by: operators\nLast passed test: never\n$/,
    );
  });

  it("rename a connection, and warn that a file sets it back", async () => {
    const set = await stack.cli("connection", "set", "acme", "acme-entra", "--display-name", "Acme SSO");
    expect(set).toEqual({ status: 0, output: expect.stringMatching(/^warning: .*org apply.*\n.*Acme SSO/) });
    await stack.cli("connection", "set", "acme", "acme-entra", "--display-name", "Acme");
    expect(await shown()).toEqual(ENTRA);
  });
});

it("T83: connection set and remove end the logins through a connection, and setting it on brings them back", async () => {
  const id = fresh("switched");
  const name = `${id}-okta`;
  const connections = [{ name, strategy: "okta", displayName: "Okta" }];
  await stack.applyOrganizations([
    { id, name: id, jit: true, defaultRole: "member", domains: [`${id}.example`], connections },
  ]);
  const token = await login.entra(`x@${id}.example`, { connection: name, subject: fresh("okta|x") });
  // Auth0 keeps the subject of the account that another one is linked to.
  const linked = actionClaims({ connection: name, email: `y@${id}.example`, emailVerified: true });
  const linkedToken = await stack.issuer.sign(fresh("auth0|y"), linked);
  const answer = (sent: string) => stack.client(sent).auth.validate.query();
  const reason = async () => {
    const [own, ofLinked] = await Promise.all(
      [token, linkedToken].map((sent) => answer(sent).then(() => "done", reasonOf)),
    );
    return own === ofLinked ? own : [own, ofLinked];
  };
  expect(await reason()).toBe("done");
  const explained = async () => {
    const { output } = await stack.cli("token", "explain", linkedToken, "--json");
    return JSON.parse(output).steps.at(-1);
  };
  const cli = (...args: string[]) => run("connection", ...args);
  expect(await cli("set", id, name, "--enabled", "off")).toMatch(/ is disabled\.\n/);
  expect(await reason()).toBe("DOMAIN_NOT_ALLOWED");
  const off = {
    step: "connection",
    saw: `${name}: switched off`,
    fix: expect.stringMatching(/--enabled on/),
  };
  expect(await explained()).toMatchObject(off);
  await cli("set", id, name, "--enabled", "on");
  expect(await reason()).toBe("done");
  expect(await cli("remove", id, name, "--yes")).toMatch(/ is removed\. /);
  expect(await reason()).toBe("DOMAIN_NOT_ALLOWED");
  const gone = { step: "connection", saw: `${name}: removed`, fix: expect.stringMatching(/org apply/) };
  expect(await explained()).toMatchObject(gone);
  expect(await cli("remove", id, name, "--yes", "--json")).toBe("{}\n");
  const changes = ["disabled", "enabled", "removed"].map((action) => `operator:tests connection-${action}`);
  expect(await audited("organizationId", id)).toEqual(expect.arrayContaining(changes));
});

describe("connection test", () => {
  it("passes by a token of the connection, and stores that alone", async () => {
    const email = `${fresh("test")}@acme.example`;
    const before = await stack.items();
    const { status, passed, steps } = await test(await login.entra(email));
    expect([status, passed]).toEqual([0, true]);
    expect(steps.map(({ rule }) => rule)).toEqual([
      "credential",
      "structure",
      "issuer",
      "header",
      "key",
      "signature",
      "audience",
      "subject",
      "key binding",
      "application",
      "actor",
      "custom claims",
      "lifetime",
      "Auth0 organization",
      "person",
      "connection",
      "address",
      "revocation",
      "first login",
      "user",
      "blocked",
      "revocation",
      "speakers",
      "seat",
      "link",
      "organization",
    ]);
    expect(steps.every(({ ok, fix }) => ok && fix === "")).toBe(true);
    expect(steps.at(-1)?.saw).toBe("the person would become member of the organization");
    expect((await shown()).testedAt).not.toBeNull();
    const types = (items: readonly object[]) => items.map((item) => Reflect.get(item, "type")).sort();
    const after = types(await stack.items());
    expect(after.filter((type) => type !== "audit-entry")).toEqual(
      types(before).filter((type) => type !== "audit-entry"),
    );
    expect(await stack.usersAt(email)).toBe(0);
  });

  it("judges again what it has judged: a person who was removed or blocked is said, and not named", async () => {
    const email = `${fresh("test")}@acme.example`;
    const token = await login.entra(email);
    const { userId } = await stack.client(token).auth.validate.query();
    expect((await test(token)).passed).toBe(true);
    await stack.cli("member", "remove", "acme", userId);
    const removed = await test(token);
    expect(removed).toMatchObject({ status: 1, passed: false });
    expect(removed.steps.at(-1)).toMatchObject({ ok: false, saw: expect.stringContaining("removed") });
    await stack.cli("identity", "block", userId, "--yes");
    const blocked = await test(token);
    expect(blocked.steps.at(-1)).toMatchObject({ ok: false, fix: expect.stringContaining("blocked") });
    expect(JSON.stringify([removed, blocked])).not.toContain(userId);
  });

  it.each<[string, string, () => Promise<string>]>([
    ["credential", "two tokens", async () => "a,b"],
    ["structure", "an opaque one", async () => "opaque"],
    ["issuer", "another tenant's", () => stack.issuer.sign("waad|x", { iss: "https://other.example/" })],
    [
      "signature",
      "an altered one",
      async () => `${(await login.entra("x@acme.example")).slice(0, -8)}AAAAAAAA`,
    ],
    ["audience", "another service's", () => stack.issuer.sign("waad|x", { aud: "other" })],
    ["lifetime", "an expired one", () => viaEntra({ iat: now() - 200, exp: now() - 100 })],
    ["Auth0 organization", "of another organization at Auth0", () => viaEntra({ org_id: "org_globex" })],
    ["key binding", "T80: bound to a key", () => viaEntra({ cnf: { jkt: "0ZcOCORZNYy" } })],
    ["application", "of two applications", () => viaEntra({ azp: "spa", client_id: "other" })],
    ["actor", "of an actor without a subject", () => viaEntra({ act: {} })],
    ["delegation", "T81: an agent's on behalf of a known user", () => delegated()],
    ["person", "a machine's", () => login.entra("x@acme.example", { subject: "m@clients" })],
    [
      "address",
      "without an address",
      () => stack.issuer.sign("waad|x", actionClaims({ connection: "acme-entra" })),
    ],
    ["address", "of another organization's domain", () => login.entra("x@globex.example")],
    ["address", "of a domain that nobody has verified", () => login.entra("x@unknown.example")],
    ["seat", "a recycled mailbox's", () => recycled()],
  ])("fails at %s by a token that is %s, and names nobody", async (rule, _, sign) => {
    const { status, passed, steps } = await test(await sign());
    expect([status, passed]).toEqual([1, false]);
    expect(steps.filter(({ ok }) => !ok)).toEqual([
      { rule, ok: false, saw: expect.stringMatching(/./), fix: expect.stringMatching(/./) },
    ]);
    expect(steps.at(-1)?.rule).toBe(rule);
    const text = JSON.stringify(steps).replace(/of globex\.example/, ""); // the address's own domain
    expect(text).not.toMatch(UUID);
    expect(text).not.toMatch(/globex|initech|org_|waad|@|umbrella/);
  });

  it("says the same of another organization's domain as of one that nobody has verified", async () => {
    const said = await Promise.all(
      ["globex", "unknown"].map(async (name) => {
        const { steps } = await test(await login.entra(`x@${name}.example`));
        return JSON.stringify(steps.map(({ rule, ok, saw, fix }) => [rule, ok, saw, fix])).replaceAll(
          name,
          "",
        );
      }),
    );
    expect(said[0]?.replace(/\d+ characters/g, "")).toBe(said[1]?.replace(/\d+ characters/g, ""));
  });

  it("lets nothing through that report mode would", async () => {
    const token = await login.entra("x@unknown.example");
    expect(await test(token, { TRUST_MODE: "report" })).toMatchObject({ passed: false });
  });

  const CLOSED = "http://127.0.0.1:1/";
  it.each([
    ["AUTH0_JWKS_URL", /the issuer's keys are unavailable/],
    ["CLJ_PG_WRAPPER_URL", /the user directory does not answer/],
  ] as const)("says nothing about a token during an outage: %s", async (variable, problem) => {
    const token = await login.entra(`${fresh("x")}@acme.example`);
    const settings = { ...stack.environment, [variable]: CLOSED };
    const { status, output } = await runCommand(settings, [...TEST, token]);
    expect([status, output]).toEqual([1, expect.stringMatching(problem)]);
    expect(output).not.toMatch(/[✓✗]/);
  });

  it("is one failed step by another organization's token, and does not ask who its person is", async () => {
    const token = await login.saml(`${fresh("s")}@globex.example`);
    const settings = { ...stack.environment, CLJ_PG_WRAPPER_URL: CLOSED };
    const { output } = await runCommand(settings, [...TEST, token]);
    expect(output).toMatch(/^✗ connection +a token that did not come through this connection\n/);
  });

  it("prints every step, and how to fix it, without the token", async () => {
    const token = await login.entra("x@globex.example");
    const { status, output } = await stack.cli(...TEST, `Bearer ${token}`);
    expect(status).toBe(1);
    expect(output).toMatch(/✓ signature +the signature/);
    expect(output).toMatch(/✗ address .*\n +to fix: verify this domain/);
    expect(output).not.toContain(token.split(".")[2]);
    expect(await stack.cli(...TEST, await login.entra("y@acme.example"))).toEqual({
      status: 0,
      output: expect.stringMatching(/People can sign in through acme-entra\.\n$/),
    });
  });
});

/** A token of a new account with the address of one that is linked. */
async function recycled(): Promise<string> {
  const email = `${fresh("seat")}@acme.example`;
  await stack.client(await login.entra(email)).auth.validate.query();
  return login.entra(email);
}

/** The token of somebody who acts for a member. */
async function delegated(): Promise<string> {
  const [email, own] = [`${fresh("own")}@acme.example`, { subject: fresh("waad|id") }];
  await stack.client(await login.entra(email, own)).auth.validate.query();
  return login.entra(email, { ...own, act: { sub: "agt_1" } });
}
