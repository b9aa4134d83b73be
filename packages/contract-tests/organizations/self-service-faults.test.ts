import { type Outcome, openWizard } from "@platform-api/dev/identity-provider";
import { afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
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

/** What a caller waits for at most, whatever the upstreams do: 2.7 s, or five times that on a busy machine. */
const MAX_MS = 5 * 2_700;

const upstreams = selfServiceOfTests();
const stack = stackOfTests({ organizations: [], settings: () => upstreams.settings });
/** Organizations that no test has used. */
let unused: OwnOrganization[];

beforeAll(async () => {
  unused = await ownOrganizations(stack, 20);
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

// That each other bad answer is an outage too is proven beside the adapter of Auth0, and what a call leaves behind beside its rule.
it.each<[string, Outcome]>([
  ["is down", "drop"],
  ["hangs", "hang"],
  ["has a conflict of names", { status: 409, body: {} }],
])("while Auth0 %s, every call that asks it says so in time", async (_, outcome) => {
  const organization = nextOrganization();
  const { name } = await enabledConnection(organization);
  const token = await signInThrough(stack, { name }, `tester@${organization.domain}`);
  const begun = await begin(organization);
  const calls = [
    () => nextOrganization().ask("connections.begin", { displayName: "Own" }),
    () => organization.ask("connections.get", { name: begun.name }),
    () => organization.ask("connections.test", { name, token }),
    () => organization.ask("connections.remove", { name: begun.name }),
  ];
  inAuth0().instead("*", outcome);
  for (const call of calls) expect(await inTime(call)).toMatchObject(UNAVAILABLE);
});

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

async function created({ setupUrl }: Begun, strategy = "samlp", isCommonEndpoint = false) {
  const wizard = await openWizard(setupUrl);
  await wizard.create(strategy, { isCommonEndpoint });
  return wizard;
}

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
  ["commonEndpoint", async (begun) => (await created(begun, "waad", true)).enable()],
  ["commonEndpoint (T89: as oidc)", async (begun) => (await created(begun, "oidc", true)).enable()],
])("a set-up that waits for %s does not count as a connection", async (title, walk) => {
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
