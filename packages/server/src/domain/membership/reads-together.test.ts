import { expect, it } from "vitest";
import {
  acmeAndGlobex,
  BY_PASSWORD,
  type MemoryPorts,
  membership,
  memoryPorts,
  resolver,
  signedIn,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import { acmeAlone, claims, GLOBEX, UNBOUNDED, userAt } from "../testing/people.ts";
import { Steps } from "../testing/steps.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { join, listOrganizations } from "./belonging.ts";

/** The same ports, and the steps in which they are called. */
function stepwise(ports: MemoryPorts) {
  const steps = new Steps();
  const { organizations, stored, memberships, speakers, storedLinks, transactions, audit } = ports;
  const observed: MemoryPorts = {
    ...ports,
    organizations: steps.of("cache", organizations),
    stored: steps.of("stored", stored),
    memberships: steps.of("memberships", memberships),
    speakers: steps.of("speakers", speakers),
    storedLinks: steps.of("links", storedLinks),
    transactions: steps.of("transactions", transactions),
    audit: steps.of("audit", audit),
  };
  return { steps, observed };
}

const GRANT = [
  "links.find",
  "links.isBlocked",
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
  ["reads together all that it decides on", false, [["links.findSeat", "links.isBlocked", "speakers.find"]]],
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
    ["links.find"],
    ["stored.findConnection", "stored.listByDomain"],
    ["directory.ensureUser"],
    ...reads,
    ["transactions.commit"],
  ]);
});
