import { type Outcome, openWizard } from "@platform-api/dev/identity-provider";
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { withRequestDeadline } from "../faults/request-deadline.ts";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { slow } from "../simulator/faults.ts";
import { selfServiceOfTests, stackOfTests } from "../simulator/of-tests.ts";
import {
  answered,
  type Begun,
  begin,
  discovered,
  enabledConnection,
  judged,
  type OwnOrganization,
  ownOrganizations,
  signInThrough,
  walkWizard,
} from "../simulator/own-organizations.ts";

/** What Auth0 does. That each other bad answer is an outage too is proven beside its adapter. */
const OUTAGES: readonly (readonly [string, Outcome])[] = [
  ["is down", "drop"],
  ["hangs", "hang"],
  ["has a conflict of names", { status: 409, body: {} }],
];

/** What a caller waits for at most, whatever the upstreams do: 2.7 s, or five times that on a busy machine. */
const MAX_MS = 5 * 2_700;

const upstreams = selfServiceOfTests();
const stack = stackOfTests({ organizations: [], settings: () => upstreams.settings });
/** Organizations that no test has used. */
let unused: OwnOrganization[];

beforeAll(async () => {
  unused = await ownOrganizations(stack, 40);
});
afterEach(() => upstreams.identityProvider.management.restore());

function nextOrganization(): OwnOrganization {
  const organization = unused.pop();
  if (organization === undefined) throw new Error("every organization is used");
  return organization;
}

/** What is not about the time that a caller has is given more of it: a busy machine may need that. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await withRequestDeadline(work);
  expect(performance.now() - startMs).toBeLessThan(MAX_MS);
  return result;
}

/** What the caller gets in an outage of Auth0. */
const UNAVAILABLE = { outcome: "AUTH0_UNAVAILABLE", status: 502, retryAfter: "2" };
const PENDING = { strategy: null, state: "pending", testedAt: null, origin: "self-service" };
const ENABLED = { strategy: "samlp", state: "enabled", waitingFor: null };

const listOf = ({ ask }: OwnOrganization) => answered<{ name: string }[]>(ask("connections.list"));
const inAuth0 = () => upstreams.identityProvider.management;

it.each(["*", "POST /self-service-profiles/:id/sso-ticket"])(
  "T8A: after Auth0 has hung while the store needed 30 ms, a set-up begins (%s)",
  async (hanging) => {
    const organization = nextOrganization();
    const store = await startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", slow(30));
    onTestFinished(() => store.close());
    const { url } = await stack.another({ DYNAMODB_ENDPOINT: store.url });
    await answered(organization.ask("connections.list", {}, url)); // the process has loaded what it needs
    inAuth0().instead(hanging, "hang");
    const begins = () => organization.ask("connections.begin", { displayName: "Own" }, url);
    // On a busy machine the time may run out at the store, and the set-up may stay. It makes room after 3 s.
    const { outcome } = await inTime(begins);
    expect(["AUTH0_UNAVAILABLE", "STORE_UNAVAILABLE"]).toContain(outcome);
    inAuth0().restore();
    await expect.poll(begins, { timeout: 30_000, interval: 500 }).toMatchObject({ outcome: "OK" });
    expect(await listOf(organization)).toMatchObject([PENDING]);
  },
  60_000,
);

describe.each(OUTAGES)("while Auth0 %s", (_, outcome) => {
  it.each(["*", "POST /self-service-profiles/:id/sso-ticket"])(
    "nothing has begun, and it begins afterwards (%s)",
    async (failing) => {
      const organization = nextOrganization();
      inAuth0().instead(failing, outcome);
      const input = { displayName: "Own" };
      const refused = await inTime(() => organization.ask("connections.begin", input));
      expect(refused).toMatchObject(UNAVAILABLE);
      expect(await listOf(organization)).toEqual([]);
      inAuth0().restore();
      expect(await answered(organization.ask("connections.begin", input))).toMatchObject(PENDING);
    },
  );

  it("a set-up stays pending", async () => {
    const organization = nextOrganization();
    const begun = await begin(organization);
    await walkWizard(begun);
    inAuth0().instead("*", outcome);
    const get = () => organization.ask("connections.get", { name: begun.name });
    expect(await inTime(get)).toMatchObject(UNAVAILABLE);
    expect(await listOf(organization)).toMatchObject([{ name: begun.name, ...PENDING }]);
    inAuth0().restore();
    finishing.push({ organization, name: begun.name });
  });

  it("no test passes, and it passes afterwards", async () => {
    const organization = nextOrganization();
    const { name } = await enabledConnection(organization);
    const token = await signInThrough(stack, { name }, `tester@${organization.domain}`);
    inAuth0().instead("*", outcome);
    const test = () => organization.ask("connections.test", { name, token });
    expect(await inTime(test)).toMatchObject(UNAVAILABLE);
    expect(await listOf(organization)).toMatchObject([{ name, ...ENABLED, testedAt: null }]);
    inAuth0().restore();
    expect(await answered(test())).toMatchObject({ passed: true });
    expect(await listOf(organization)).toMatchObject([{ name, testedAt: expect.any(String) }]);
  });

  it("a removal is not lost, and ends the wizard afterwards", async () => {
    const organization = nextOrganization();
    const { name, setupUrl } = await begin(organization);
    await walkWizard({ name, setupUrl });
    inAuth0().instead("*", outcome);
    const remove = () => organization.ask("connections.remove", { name });
    expect(await inTime(remove)).toMatchObject(UNAVAILABLE);
    expect(await listOf(organization)).toEqual([]);
    inAuth0().restore();
    expect(await answered(remove())).toEqual({});
    expect(inAuth0().calls.at(-1)).toBe("DELETE /organizations/:id/enabled_connections/:connectionId");
    await expect(openWizard(setupUrl)).rejects.toThrow("It was withdrawn");
    expect(await answered(organization.ask("connections.begin", { displayName: "Own" }))).toMatchObject(
      PENDING,
    );
  });
});

it.each<Outcome>(["drop", "hang", { status: 500, body: {} }])(
  "a connection is removed here although Auth0 fails with %j, and there afterwards",
  async (outcome) => {
    const organization = nextOrganization();
    const { name } = await enabledConnection(organization);
    const token = await signInThrough(stack, { name }, `leaver@${organization.domain}`);
    expect(await judged(stack.url, token)).toBe("OK");
    const withdrawal = "DELETE /organizations/:id/enabled_connections/:connectionId";
    inAuth0().instead(withdrawal, outcome);
    const remove = () => organization.ask("connections.remove", { name });
    expect(await inTime(remove)).toMatchObject(UNAVAILABLE);
    expect(await judged(stack.url, token)).toBe("DOMAIN_NOT_ALLOWED");
    expect(await discovered(stack.url, organization.domain)).toEqual([]);
    inAuth0().restore();
    const replies: unknown[] = [];
    inAuth0().alter(withdrawal, (reply) => {
      replies.push(reply);
      return reply;
    });
    for (let times = 0; times < 2; times += 1) expect(await answered(remove())).toEqual({});
    expect(replies).toMatchObject([{ status: 204 }, { status: 404 }]);
  },
);

const ofConnection = (change: object) => () =>
  inAuth0().alter("GET /connections", ({ status, body }) => {
    return { status, body: [body].flat().map((each) => ({ ...Object(each), ...change })) };
  });

it.each<[string, () => void]>([
  ["another connection of this name", ofConnection({ id: "con_another" })],
  ["another strategy", ofConnection({ strategy: "okta" })],
  ["a password database in its place", ofConnection({ strategy: "auth0" })],
  [
    "no use of it by the organization",
    () =>
      inAuth0().instead("GET /organizations/:id/enabled_connections/:connectionId", {
        status: 404,
        body: {},
      }),
  ],
])("T8C: no test passes while Auth0 has %s", async (_, change) => {
  const organization = nextOrganization();
  const { name } = await enabledConnection(organization);
  const token = await signInThrough(stack, { name }, `tester@${organization.domain}`);
  const test = () => answered(organization.ask("connections.test", { name, token }));
  change();
  expect(await test()).toMatchObject({ passed: false });
  expect(await listOf(organization)).toMatchObject([{ name, testedAt: null }]);
  inAuth0().restore();
  expect(await test()).toMatchObject({ passed: true });
});

it.each<Outcome>(["hang", { status: 403, body: {} }])(
  "T8B: a set-up waits while Auth0 does not end its ticket (%j), and is finished once it has ended",
  async (outcome) => {
    const organization = nextOrganization();
    const { name, setupUrl } = await begin(organization);
    await walkWizard({ name, setupUrl });
    inAuth0().instead("POST /self-service-profiles/:id/sso-ticket/:ticket/revoke", outcome);
    const get = () => organization.ask("connections.get", { name });
    expect(await inTime(get)).toMatchObject(UNAVAILABLE);
    expect(await listOf(organization)).toMatchObject([{ name, ...PENDING }]);
    await openWizard(setupUrl);
    const next = await inTime(() => organization.ask("connections.begin", { displayName: "Next" }));
    expect(next.outcome).toBe("CONFLICT");
    inAuth0().restore();
    await expect
      .poll(() => answered(get()), { timeout: 25_000, interval: 250 })
      .toMatchObject({ name, ...ENABLED });
    await expect(openWizard(setupUrl)).rejects.toThrow("It was withdrawn");
  },
  60_000,
);

/** Set-ups that Auth0 has all of, and whose first call has failed. */
const finishing: { readonly organization: OwnOrganization; readonly name: string }[] = [];

it("each set-up that an outage held up is finished once Auth0 is back", async () => {
  expect(finishing).toHaveLength(OUTAGES.length);
  // Auth0 is asked at most every five seconds.
  for (const { organization, name } of finishing) {
    const get = () => answered(organization.ask("connections.get", { name }));
    await expect.poll(get, { timeout: 25_000, interval: 250 }).toMatchObject({ name, ...ENABLED });
  }
}, 60_000);

it("nobody listens where Auth0 should be, or its secret is another", async () => {
  const organization = nextOrganization();
  for (const settings of [
    { AUTH0_MANAGEMENT_URL: "http://127.0.0.1:9" },
    { AUTH0_MANAGEMENT_CLIENT_SECRET: "another" },
  ]) {
    const { url } = await stack.another(settings);
    const refused = await inTime(() => organization.ask("connections.begin", { displayName: "Own" }, url));
    expect(refused).toMatchObject(UNAVAILABLE);
    const rest = await fetch(`${url}/organizations/${organization.id}/connections`, {
      method: "POST",
      headers: { authorization: `Bearer ${organization.token}`, "content-type": "application/json" },
      body: JSON.stringify({ displayName: "Own" }),
    });
    expect([rest.status, rest.headers.get("retry-after")]).toEqual([502, "2"]);
    expect(await rest.json()).toMatchObject({ error: { reason: "AUTH0_UNAVAILABLE" } });
  }
  await begin(organization);
});

it("an organization that Auth0 has created without an answer is found there by its name", async () => {
  const organization = nextOrganization();
  inAuth0().alter("POST /organizations", () => "drop");
  const refused = await organization.ask("connections.begin", { displayName: "Own" });
  expect(refused).toMatchObject(UNAVAILABLE);
  inAuth0().restore();
  const before = inAuth0().calls.length;
  await enabledConnection(organization);
  const [creation, search] = inAuth0().calls.slice(before);
  expect([creation, search]).toEqual(["POST /organizations", "GET /organizations/name/:name"]);
});

describe("a set-up that is half finished does not count as a connection:", () => {
  const created = async (begun: Begun, strategy = "samlp", isCommonEndpoint = false) => {
    const wizard = await openWizard(begun.setupUrl);
    await wizard.create(strategy, { isCommonEndpoint });
    return wizard;
  };

  it.each<[string, (begun: Begun) => Promise<unknown>]>([
    ["connection", async ({ setupUrl }) => openWizard(setupUrl)],
    ["clients", (begun) => created(begun)],
    [
      "organization",
      async (begun) => {
        await walkWizard(begun);
        const use = "GET /organizations/:id/enabled_connections/:connectionId";
        inAuth0().instead(use, { status: 404, body: {} });
      },
    ],
    [
      "strategy",
      async (begun) => {
        await walkWizard(begun);
        ofConnection({ strategy: "auth0" })();
      },
    ],
    ["commonEndpoint", async (begun) => (await created(begun, "waad", true)).enable()],
    ["commonEndpoint (T89: as oidc)", async (begun) => (await created(begun, "oidc", true)).enable()],
  ])("it waits for %s", async (title, walk) => {
    const [waitingFor] = title.split(" ");
    const organization = nextOrganization();
    const begun = await begin(organization);
    await walk(begun);
    const { name } = begun;
    const pending = { name, ...PENDING, waitingFor };
    expect(await answered(organization.ask("connections.get", { name }))).toMatchObject(pending);
    expect(await listOf(organization)).toMatchObject([pending]);
    const token = await signInThrough(stack, { name }, `early@${organization.domain}`);
    expect(await judged(stack.url, token)).toBe("DOMAIN_NOT_ALLOWED");
    expect(await discovered(stack.url, organization.domain)).toEqual([]);
    const test = await organization.ask("connections.test", { name, token });
    expect(test.outcome).toBe("NOT_READY");
  });

  it("abandoned in the middle, removed and begun again, it leads to another connection", async () => {
    const organization = nextOrganization();
    const abandoned = await begin(organization);
    const wizard = await created(abandoned);
    await answered(organization.ask("connections.remove", { name: abandoned.name }));
    await expect(wizard.enable()).rejects.toThrow("It was withdrawn");
    const { name } = await enabledConnection(organization);
    expect(name).not.toBe(abandoned.name);
    expect((await organization.ask("connections.get", { name: abandoned.name })).outcome).toBe("NOT_FOUND");
    expect(await discovered(stack.url, organization.domain)).toEqual([name]);
    const at = (connection: string) =>
      signInThrough(stack, { name: connection }, `somebody@${organization.domain}`);
    expect(await judged(stack.url, await at(name))).toBe("OK");
    expect(await judged(stack.url, await at(abandoned.name))).toBe("DOMAIN_NOT_ALLOWED");
  });
});
