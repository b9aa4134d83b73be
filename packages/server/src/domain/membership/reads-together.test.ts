import { expect, it } from "vitest";
import {
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  resolver,
  signedIn,
  spoken,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import { ACME, acmeAlone, claims, GLOBEX, inside, JANE, UNBOUNDED, userAt } from "../testing/people.ts";
import { Steps } from "../testing/steps.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { join, listOrganizations } from "./belonging.ts";
import { ensureMembership } from "./ensure-membership.ts";

/** The same ports, and the steps in which they are called. */
function stepwise(ports: MemoryPorts) {
  const steps = new Steps();
  const { organizations, stored, memberships, storedMemberships } = ports;
  const { speakers, storedLinks, transactions, audit } = ports;
  const observed: MemoryPorts = {
    ...ports,
    organizations: steps.of("cache", organizations),
    stored: steps.of("stored", stored),
    memberships: steps.of("memberships", memberships),
    storedMemberships: steps.of("stored memberships", storedMemberships),
    speakers: steps.of("speakers", speakers),
    storedLinks: steps.of("links", storedLinks),
    transactions: steps.of("transactions", transactions),
    audit: steps.of("audit", audit),
  };
  return { steps, observed };
}

const GRANT = [
  "links.findSubject",
  "links.findUser",
  "speakers.find",
  "stored.find",
  "stored.findConnection",
  "stored.listByDomain",
];

async function listed(ports: MemoryPorts, login: Partial<VerifiedClaims>): Promise<string[][]> {
  const identity = await signedIn(ports, login);
  const { steps, observed } = stepwise(ports);
  await listOrganizations(identity, observed, UNBOUNDED);
  return steps.taken.map((step) => step.sort());
}

it("a listing reads memberships and invitations together, then organizations and what is joinable", async () => {
  const ports = memoryPorts(acmeAndGlobex({}, { jit: false }));
  ports.memberships.put(membership());
  expect(await listed(ports, VIA_ACME)).toEqual([
    ["cache.find", "memberships.listByUser", "memberships.listInvitations"],
    ["cache.findMany", "cache.listByDomain"],
  ]);
});

it("a listing reads who may speak for the user together with the organizations that it offers", async () => {
  const ports = memoryPorts(acmeAndGlobex());
  ports.memberships.put(membership({ organizationId: GLOBEX }));
  expect(await listed(ports, BY_PASSWORD)).toEqual([
    ["memberships.listByUser", "memberships.listInvitations"],
    ["cache.findMany", "cache.listByDomain"],
    ["speakers.find", "stored.findMany"],
  ]);
});

it("a listing reads together all that JIT decides on, and lists once it has decided", async () => {
  expect(await listed(memoryPorts(), VIA_ACME)).toEqual([
    ["cache.find", "memberships.listByUser", "memberships.listInvitations"],
    ["cache.find"],
    GRANT,
    ["transactions.commit"],
    ["cache.findMany", "cache.listByDomain"],
  ]);
});

it("joining reads together all that it decides on", async () => {
  const ports = memoryPorts(acmeAndGlobex());
  const identity = await signedIn(ports, BY_PASSWORD);
  const { steps, observed } = stepwise(ports);
  await join(identity, GLOBEX, observed, UNBOUNDED);
  const decided = GRANT.filter((read) => read !== "stored.findConnection"); // a password names none
  expect(steps.taken.map((step) => step.sort())).toContainEqual(decided);
});

it.each([
  [
    "reads together all that it decides on",
    false,
    [["links.findFacts", "links.findSeat", "links.findUser", "speakers.find"]],
  ],
  ["of a user whom the directory has just created reads nothing of the user", true, []],
])("a first login %s, and stores it at once", async (_, created, reads) => {
  const { steps, observed } = stepwise(memoryPorts(acmeAlone()));
  const { identities } = observed;
  const links = steps.of("links", identities);
  const ensureUser: typeof userAt = async (email) => ({ ...(await userAt(email)), created });
  const directory = steps.of("directory", { ensureUser });
  await resolver(observed, { links, directory })(claims(VIA_ACME), UNBOUNDED);
  expect(steps.taken.map((step) => step.sort())).toEqual([
    ["cache.findConnection", "cache.listByDomain"],
    ["links.findSubject"],
    ["stored.findConnection", "stored.listByDomain"],
    ["directory.ensureUser"],
    ...reads,
    ["transactions.commit"],
  ]);
});

/** Jane at her first login, and the same ports with their steps from then on. */
async function first(signal: AbortSignal) {
  const ports = memoryPorts(acmeAlone());
  const { steps, observed } = stepwise(ports);
  const identity = await resolver(ports)(claims(VIA_ACME), signal);
  return { ports, steps, observed, identity };
}

it("a first login decides on a membership by what it has read for the link, in the same request", async () => {
  const { ports, steps, observed, identity } = await first(UNBOUNDED);
  expect(await ensureMembership(ACME, identity, observed, UNBOUNDED)).toMatchObject({ origin: "jit" });
  expect(steps.taken.map((step) => step.sort())).toEqual([
    ["memberships.find", "memberships.findInvitation"],
    ["cache.find"],
    ["transactions.commit"],
  ]);
  expect(audited(ports)).toEqual(["identity-linked verified-domain", "membership-created jit"]);
});

it("a request that has waited for the directory decides on what it reads again", async () => {
  const { steps, observed, identity } = await first(UNBOUNDED);
  const later = (ms: number) => ({ ...observed, now: () => new Date(observed.now().getTime() + ms) });
  await ensureMembership(ACME, identity, later(251), UNBOUNDED);
  expect(steps.taken.map((step) => step.sort())).toContainEqual(GRANT);
});

it("a later request decides on what it reads itself", async () => {
  const { steps, observed, identity } = await first(new AbortController().signal);
  await ensureMembership(ACME, identity, observed, UNBOUNDED);
  expect(steps.taken.map((step) => step.sort())).toContainEqual(GRANT);
});

it.each<[string, (ports: MemoryPorts) => unknown, unknown]>([
  ["is blocked", ({ identities }) => identities.blocked.add(JANE), "IDENTITY_BLOCKED"],
  ["is unlinked", ({ identities }) => identities.links.clear(), null],
  ["gets another organization's SSO", (ports) => spoken(ports, { sso: GLOBEX, rev: "2" }), null],
])("a first login makes no member of a user who %s after its link", async (_, happens, expected) => {
  const { ports, identity } = await first(UNBOUNDED);
  await happens(ports);
  const outcome = await ensureMembership(ACME, identity, ports, UNBOUNDED).catch(({ reason }) => reason);
  expect([outcome, ports.memberships.memberships.size]).toEqual([expected, 0]);
});

it("a member who comes back is inside an organization only as long as its SSO speaks for them", async () => {
  const { ports, identity } = await first(UNBOUNDED);
  ports.memberships.invite(invitation({ role: "member" }));
  spoken(ports, { sso: ACME, inside: inside(ACME), rev: "2" });
  const { commit } = ports.transactions;
  let commits = 0;
  const late: typeof commit = async (...input) => {
    commits += 1;
    if (commits === 2) spoken(ports, { sso: GLOBEX, rev: "3" });
    return commit(...input);
  };
  const racing = { ...ports, transactions: { ...ports.transactions, commit: late } };
  expect(await ensureMembership(ACME, identity, racing, UNBOUNDED)).toBeNull();
});
