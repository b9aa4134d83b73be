import { beforeAll, describe, expect, it } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import {
  call,
  ORG_PROCEDURES,
  type OrganizationWorld,
  organizationWorld,
} from "../simulator/organization-world.ts";
import { NOBODY, ROWS } from "./rows.ts";

const stack = stackOfTests({ organizations: [] });
let world: OrganizationWorld;
/** An address that only the other organization has invited. */
const INVITED = "guest@elsewhere.example";
/** A domain that only the other organization has claimed. */
const CLAIMED = "claimed.elsewhere.example";
let claimedElsewhere: unknown;
let cursors: Readonly<Record<string, string>>;

beforeAll(async () => {
  world = await organizationWorld(stack);
  const there = { organizationId: world.elsewhere };
  const { elsewhere, owner } = world.tokens;
  const created = await call(stack.url, "org.invitations.create", elsewhere, {
    ...there,
    emails: [INVITED, "second@elsewhere.example"],
    role: "member",
  });
  expect(created.outcome).toBe("OK");
  const claimed = await call(stack.url, "org.domains.claim", elsewhere, { ...there, domain: CLAIMED });
  claimedElsewhere = claimed.body;
  await call(stack.url, "org.me", await stack.issuer.sign("auth0|nobody", {}), {});
  cursors = Object.fromEntries(
    await Promise.all(
      ["org.members.list", "org.invitations.list", "org.audit.list"].map(async (path) => {
        const page = await call(stack.url, path, elsewhere, { ...there, limit: 1 });
        return [path, nextCursorOf(page.body)];
      }),
    ),
  );
  expect((await call(stack.url, "org.get", owner, { organizationId: world.id })).outcome).toBe("OK");
});

/** Calls as the owner of this organization, and asserts that nothing was written. */
async function ask(path: string, input: object) {
  const before = await stored();
  const answer = await call(stack.url, path, world.tokens.owner, input);
  expect(await stored()).toEqual(before);
  return answer;
}

async function stored() {
  return (await stack.items()).map((item) => JSON.stringify(item)).sort();
}

describe("another organization answers like one that does not exist", () => {
  const about = ORG_PROCEDURES.filter((path) => path !== "org.me");
  it.each(about)("%s", async (path) => {
    const input = ROWS[path]?.input(world);
    const existing = await ask(path, { ...input, organizationId: world.elsewhere });
    const invented = await ask(path, { ...input, organizationId: "there-is-none" });
    const malformed = await ask(path, { ...input, organizationId: "not/an id" });
    expect(existing.outcome).toMatch(/^(NOT_A_MEMBER|NOT_JOINABLE|NOT_FOUND)$/);
    expect(existing.body).toEqual(invented.body);
    expect(existing.body).toEqual(malformed.body);
  });
});

describe("another organization's people and invitations answer like those that do not exist", () => {
  it.each(["org.members.setRole", "org.members.remove", "org.members.restore"])("%s", async (path) => {
    const input = { organizationId: world.id, ...(path === "org.members.setRole" && { role: "admin" }) };
    const existing = await ask(path, { ...input, userId: world.ids.elsewhere });
    expect(existing.outcome).toBe("NOT_FOUND");
    expect(existing.body).toEqual((await ask(path, { ...input, userId: NOBODY })).body);
  });

  it.each(["org.invitations.resend", "org.invitations.revoke"])("%s", async (path) => {
    const existing = await ask(path, { organizationId: world.id, email: INVITED });
    expect(existing.outcome).toBe("NOT_FOUND");
    const invented = await ask(path, { organizationId: world.id, email: "nobody@elsewhere.example" });
    expect(existing.body).toEqual(invented.body);
  });

  it.each([
    ["org.members.changeMany", { change: "remove" }, "userIds", () => [world.ids.elsewhere, NOBODY]],
    [
      "org.invitations.changeMany",
      { change: "revoke" },
      "emails",
      () => [INVITED, "nobody@elsewhere.example"],
    ],
  ] as const)("%s", async (path, change, field, rowsOf) => {
    const answers: string[] = [];
    for (const row of rowsOf()) {
      const { body } = await ask(path, { organizationId: world.id, ...change, [field]: [row] });
      answers.push(JSON.stringify(body).replace(row, ""));
    }
    expect(answers[0]).toContain("NOT_FOUND");
    expect(answers[0]).toBe(answers[1]);
  });

  it("org.domains.claim tells nothing of another organization's claim, nor of its domain", async () => {
    const { owner } = world.tokens;
    for (const domain of [`${world.elsewhere}.example`, CLAIMED]) {
      const claimed = await call(stack.url, "org.domains.claim", owner, { organizationId: world.id, domain });
      expect(claimed.body).toMatchObject({
        result: { data: { domain, state: "pending", verifiedBy: null, found: null, checkedAt: null } },
      });
      const own = JSON.stringify(claimed.body);
      const theirs = JSON.stringify(claimedElsewhere);
      expect(theirs).not.toContain(/platform-api-domain=\w+/.exec(own)?.[0]);
      await call(stack.url, "org.domains.release", owner, { organizationId: world.id, domain });
    }
  });

  it("org.members.lookup", async () => {
    const input = { organizationId: world.id, userIds: [world.ids.elsewhere, world.ids.admin] };
    const { body } = await ask("org.members.lookup", input);
    expect(body).toMatchObject({ result: { data: [{ userId: world.ids.admin }] } });
  });

  it.each([
    ["a UUID", () => world.ids.elsewhere],
    ["an address", () => "owner@"],
  ])("org.members.list finds nobody else by %s", async (_, query) => {
    const { body } = await call(stack.url, "org.members.list", world.tokens.elsewhere, {
      organizationId: world.elsewhere,
    });
    expect(JSON.stringify(body)).not.toContain(world.domain);
    const found = await list(query());
    expect(found).not.toContain(world.ids.elsewhere);
  });
});

async function list(query: string): Promise<string> {
  const headers = { authorization: `Bearer ${world.tokens.owner}`, "content-type": "application/json" };
  const body = JSON.stringify({ organizationId: world.id, query });
  const response = await fetch(`${stack.url}/trpc/org.members.list`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  return response.text();
}

it.each(["org.members.list", "org.invitations.list", "org.audit.list"])(
  "%s refuses another organization's cursor like one that is garbage",
  async (path) => {
    const existing = await ask(path, { organizationId: world.id, limit: 1, cursor: cursors[path] });
    expect(existing.outcome).toBe("INPUT_INVALID");
    const garbage = await ask(path, { organizationId: world.id, limit: 1, cursor: "garbage" });
    expect(existing.body).toEqual(garbage.body);
  },
);

function nextCursorOf(body: unknown): string {
  const text = /"nextCursor":"([^"]+)"/.exec(JSON.stringify(body))?.[1];
  if (text === undefined) throw new Error(`no cursor in ${JSON.stringify(body)}`);
  return text;
}
