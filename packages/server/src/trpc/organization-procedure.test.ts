import { beforeEach, describe, expect, it, vi } from "vitest";
import { Sender } from "../answer/index.ts";
import type { Membership, UserId } from "../domain/index.ts";
import { type MemoryPorts, membership, memoryPorts } from "../domain/testing/memory-ports.ts";
import { ACME, claims, JANE, JOE, link, userNumber } from "../domain/testing/people.ts";
import { appRouter } from "./app-router.ts";
import { createContext } from "./context.ts";
import { memoryServices } from "./testing/memory-services.ts";

const FRIEND = userNumber(7);

let ports: MemoryPorts;
/** What happens when the caller was judged, and before the first commit of their change. */
/** How many changes were counted each time. */
let changes: (number | undefined)[];
/** By which key reads were counted. Only the first is within the limit. */
let reads: string[];
let behindJudgement: () => unknown;
let meanwhile: () => unknown;

beforeEach(() => {
  ports = memoryPorts();
  ports.identities.put(link());
  ports.organizations.setOwners(ACME, JANE, JOE);
  store(JANE, "owner");
  store(JOE, "owner");
  store(FRIEND, "member");
  behindJudgement = () => {};
  meanwhile = () => {};
  reads = [];
  changes = [];
});

let revisions = 0;
function store(userId: UserId, role: Membership["role"], status: Membership["status"] = "active"): void {
  revisions += 1;
  ports.memberships.put(membership({ userId, role, status, rev: `${revisions}` }));
}

const roleOf = (userId: UserId) => ports.memberships.memberships.get(`${ACME} ${userId}`)?.role;

/** Jane, who is an owner when her call begins. */
function asJane() {
  const { transactions } = ports.administration;
  const services = memoryServices(
    {
      administration: {
        ...ports.administration,
        transactions: {
          ...transactions,
          async commit(changes, signal) {
            meanwhile();
            meanwhile = () => {};
            return transactions.commit(changes, signal);
          },
        },
      },
      rateLimits: {
        discover: () => null,
        failedTokens: () => null,
        services: () => null,
        mutations: (_, times) => {
          changes.push(times);
          behindJudgement();
          return null;
        },
        reads: (key) => {
          reads.push(key);
          return reads.length > 1 ? 17 : null;
        },
      },
      verifier: {
        recall: () => null,
        remember: () => {},
        verify: async () => claims({ clientId: "console" }),
      },
    },
    ports,
  );
  const sender = new Sender(services, {
    rawHeaders: ["X-User-Token", "jane"],
    trace: { requestId: "1", parent: null },
    address: () => "203.0.113.7",
  });
  return appRouter.createCaller(createContext(services, sender)).org;
}

describe("T84: a change is made only while its caller is who was judged", () => {
  const promote = (userId: UserId, role: Membership["role"] = "owner") =>
    asJane().members.setRole({ organizationId: ACME, userId, role });

  it.each<[what: string, reason: string, happens: () => unknown]>([
    ["was demoted", "ROLE_REQUIRED", () => store(JANE, "admin")],
    ["was removed", "MEMBERSHIP_REMOVED", () => store(JANE, "owner", "removed")],
    ["was blocked", "IDENTITY_BLOCKED", () => ports.identities.blocked.add(JANE)],
    [
      "signed out everywhere, and lost the commit",
      "TOKEN_REVOKED",
      () => {
        ports.identities.signOuts.set(JANE, { userId: JANE, notBefore: 0, rev: "1" });
        store(JANE, "owner");
      },
    ],
  ])("a caller who %s before the commit makes nobody an owner", async (_, reason, happens) => {
    meanwhile = happens;
    await expect(promote(FRIEND)).rejects.toMatchObject({ cause: { reason } });
    expect(roleOf(FRIEND)).toBe("member");
  });

  it("a caller who is demoted among many changes is refused the rest of them", async () => {
    const { transactions } = ports.administration;
    const seen = vi.spyOn(transactions, "commit").mockImplementationOnce(async (...committed) => {
      seen.mockRestore();
      const isCommitted = await transactions.commit(...committed);
      store(JANE, "member");
      return isCommitted;
    });
    const userIds = [FRIEND, JOE];
    const verdicts = await asJane().members.changeMany({
      organizationId: ACME,
      userIds,
      change: { role: "admin" },
    });
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(["changed", "ROLE_REQUIRED"]);
    expect([roleOf(FRIEND), roleOf(JOE)]).toEqual(["admin", "owner"]);
  });

  it("a demoted caller does not take their own role back", async () => {
    behindJudgement = () => store(JANE, "member");
    await expect(promote(JANE)).rejects.toMatchObject({ cause: { reason: "ROLE_REQUIRED" } });
    expect(roleOf(JANE)).toBe("member");
  });

  it("a demoted caller may leave, as any member may", async () => {
    meanwhile = () => store(JANE, "member");
    await asJane().members.leave({ organizationId: ACME });
    expect(ports.memberships.memberships.get(`${ACME} ${JANE}`)).toMatchObject({
      role: "member",
      status: "removed",
    });
  });

  it("gives who was removed while they leave the reason of the judgement", async () => {
    behindJudgement = () => store(JANE, "owner", "removed");
    await expect(asJane().members.leave({ organizationId: ACME })).rejects.toMatchObject({
      cause: { reason: "MEMBERSHIP_REMOVED" },
    });
    expect(ports.memberships.memberships.get(`${ACME} ${JANE}`)?.leftAt).toBeNull();
  });

  it("a caller who keeps the role goes on, and may change their own membership", async () => {
    meanwhile = () => store(JANE, "owner");
    expect(await promote(FRIEND, "admin")).toMatchObject({ role: "admin" });
    expect(await promote(JANE, "admin")).toMatchObject({ role: "admin" });
  });
});

it("counts a call about many as a change for each ten of them", async () => {
  const of = { organizationId: ACME };
  const emails = Array.from({ length: 11 }, (_, n) => `guest-${n}@partner.example`);
  await promoteMany(1);
  await promoteMany(21);
  await asJane().invitations.changeMany({ ...of, emails, change: "revoke" });
  expect(changes).toEqual([1, 0, 1, 2, 1, 1]);
});

function promoteMany(count: number) {
  const userIds = Array.from({ length: count }, (_, n) => userNumber(100 + n));
  return asJane().members.changeMany({ organizationId: ACME, userIds, change: { role: "admin" } });
}

describe("what administrators read", () => {
  const of = { organizationId: ACME };
  const limited = { cause: { reason: "RATE_LIMITED", retryAfterSeconds: 17 } };

  it.each<[string, (org: ReturnType<typeof asJane>) => Promise<unknown>]>([
    ["members.list", (org) => org.members.list(of)],
    ["invitations.list", (org) => org.invitations.list(of)],
    ["domains.list", (org) => org.domains.list(of)],
    ["connections.list", (org) => org.connections.list(of)],
    ["connections.get", (org) => org.connections.get({ ...of, name: "acme-entra" })],
    ["audit.list", (org) => org.audit.list(of)],
  ])("is counted by person and organization, then limited: %s", async (_, read) => {
    await read(asJane());
    await expect(read(asJane())).rejects.toMatchObject(limited);
    expect(reads).toEqual(Array(2).fill(`${JANE} ${ACME}`));
  });

  it("is not counted where any member may read it, nor where the caller may not", async () => {
    await asJane().get(of);
    await asJane().members.lookup({ ...of, userIds: [JOE] });
    store(JANE, "member");
    await expect(asJane().members.list(of)).rejects.toMatchObject({ cause: { reason: "ROLE_REQUIRED" } });
    expect(reads).toEqual([]);
  });
});
