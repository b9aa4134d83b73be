import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const ACME = {
  id: "acme",
  name: "Acme",
  jit: true,
  defaultRole: "member",
  domains: ["acme.example"],
  connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme" }],
  members: [{ email: "boss@acme.example", role: "owner" }],
};

async function apply(...organizations: object[]): Promise<string> {
  const { status, output } = await stack.orgApply(organizations);
  return status === 0 ? output : `exit ${status}: ${output}`;
}

it("org apply prints its changes, and none the second time", async () => {
  expect(await apply(ACME)).toBe(
    "acme: organization Acme created\nacme: domain acme.example verified\n" +
      "acme: connection acme-entra (waad) registered\nacme: boss@acme.example invited as owner\n4 changes.\n",
  );
  expect(await apply(ACME)).toBe("Nothing to change.\n");
});

it("org apply removes what the file no longer contains, but only from organizations in the file", async () => {
  const renamed = { ...ACME, name: "Acme Inc", enforceSso: true };
  const nowLocked = "locked defaultRole jit name → defaultRole enforceSso jit name";
  expect(await apply(renamed)).toBe(
    `acme: name Acme → Acme Inc, enforceSso false → true, ${nowLocked}\n1 change.\n`,
  );
  const { members, ...unmanaged } = renamed;
  expect(await apply({ ...unmanaged, domains: ["acme2.example"] })).toBe(
    "acme: domain acme.example no longer verified\nacme: domain acme2.example verified\n2 changes.\n",
  );
  expect(await apply({ ...renamed, domains: ["acme2.example"], members: [] })).toContain(
    "boss@acme.example withdrawn",
  );
  expect(await apply({ ...ACME, id: "other", domains: ["acme2.example"], connections: [] })).toContain(
    "created",
  );
  expect((await stack.cli("org", "list")).output).toMatch(/acme +Acme Inc .*\n.*other/s);
});

it("org apply moves a connection only when the file names both sides", async () => {
  const heir = { ...ACME, id: "heir", domains: ["heir.example"], members: [] };
  expect(await apply(heir)).toMatch(
    /^exit 1: .*\n +connection acme-entra belongs to organization acme: to move it/,
  );
  expect(await apply({ ...ACME, connections: [], members: [] }, heir)).toContain(
    "heir: connection acme-entra moved here from acme",
  );
});

it("org apply moves an Auth0 id for either order of the two organizations", async () => {
  const taker = { ...ACME, id: "a-taker", domains: [], connections: [], members: [], auth0OrgId: "org_1" };
  const giver = { ...taker, id: "b-giver" };
  await stack.applyOrganizations([giver]);
  expect(await apply(taker)).toMatch(
    /^exit 1: .*\n +auth0OrgId org_1 belongs to organization b-giver: to move/,
  );
  const { auth0OrgId, ...without } = giver;
  expect(await apply(taker, without)).toBe(
    "a-taker: organization Acme created\nb-giver: auth0OrgId org_1 → none\n2 changes.\n",
  );
});

it("org apply moves Auth0 ids in a circle and along a chain", async () => {
  const holds = (id: string, auth0OrgId?: string) => ({
    ...{ ...ACME, id, domains: [], connections: [], members: [] },
    ...(auth0OrgId !== undefined && { auth0OrgId }),
  });
  await stack.applyOrganizations([holds("r1", "org_r1"), holds("r2", "org_r2"), holds("r3")]);
  expect(await apply(holds("r1", "org_r2"), holds("r2", "org_r1"))).toBe(
    "r1: auth0OrgId org_r1 → org_r2\nr2: auth0OrgId org_r2 → org_r1\n2 changes.\n",
  );
  expect(await apply(holds("r3", "org_r1"), holds("r2", "org_r2"), holds("r1"))).toMatch(/\n3 changes\.\n$/);
  expect(await apply(holds("r3", "org_r1"), holds("r2", "org_r2"), holds("r1"))).toBe("Nothing to change.\n");
});

it("org apply escapes the control characters of a display name", async () => {
  const [connection] = ACME.connections;
  const red = { ...ACME, id: "red", domains: [], members: [] };
  const named = (displayName: string) => ({
    ...red,
    connections: [{ ...connection, name: "red-entra", displayName }],
  });
  await apply(named("Red"));
  expect(await apply(named("\u001b[31mred\nnext"))).toBe(
    'red: connection red-entra: waad "Red" → waad "\\u{1b}[31mred\\u{a}next"\n1 change.\n',
  );
});

it("org apply warns about a shared domain", async () => {
  const shared = { ...ACME, connections: [], members: [] };
  const output = await apply(shared, { ...shared, id: "sister" });
  expect(output).toContain("warning: domain acme.example is shared by acme, sister");
});

it("applying the same file does not reopen an accepted invitation", async () => {
  await stack.applyOrganizations([...ORGANIZATIONS, { ...ACME, id: "heir", domains: [], connections: [] }]);
  const client = stack.client(await logins(stack.issuer).password("contractor@freelance.example"));
  const { userId } = (await client.org.me.query()).user;
  await stack.cli("member", "remove", "initech", userId);
  expect(await apply(...ORGANIZATIONS)).toMatch(/Nothing to change\.\n$/);
  const [initech] = ORGANIZATIONS.filter(({ id }) => id === "initech");
  const promoted = { ...initech, members: [{ email: "contractor@freelance.example", role: "owner" }] };
  expect(await apply(promoted)).toBe(
    "warning: initech: contractor@freelance.example accepted an invitation as member; " +
      "owner in the file changes nothing\nNothing to change.\n",
  );
  expect((await client.org.me.query()).organizations).toEqual([]);
});

describe("every command", () => {
  it.each([
    [
      ["table", "create"],
      0,
      /^Table platform-api exists already\.\nThis store has no deletion protection and no point-in-time recovery\.\n$/,
    ],
    [
      ["table", "create", "--json"],
      0,
      /^\{"table":"platform-api","created":false,"switchedOn":\[\],"unsupported":\["deletion protection",/,
    ],
    [["org", "list", "--json"], 0, /^\{"organizations":\[\{/],
    [["member", "list", "hooli"], 0, /^hooli has no members yet\.\n$/],
    [["member", "list", "hooli", "--json"], 0, /^\{"items":\[\],"nextCursor":null\}\n$/],
    [["member", "list", "nowhere"], 1, /^error: there is no organization nowhere: see/],
    [
      ["member", "remove", "nowhere", "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab"],
      1,
      /^error: there is no organization nowhere: see/,
    ],
    [["identity", "show", "x".repeat(256)], 2, /^error: the subject must be 1 to 255 characters/],
    [
      ["member", "remove", "acme", "waad|abc"],
      2,
      /^error: "waad\|abc" is not a user id \(expected a UUID\)\n$/,
    ],
    [
      ["member", "remove", "acme", "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab"],
      1,
      /^error: .* was never a member of acme/,
    ],
    [["member", "restore"], 2, /missing required argument/],
    [["member", "import"], 2, /missing required argument/],
    [
      ["member", "import", "no-such-file.json"],
      1,
      /^error: cannot read no-such-file\.json: there is no such file\n$/,
    ],
    [["org", "apply"], 2, /missing required argument/],
    [
      ["org", "apply", "no-such-file.json"],
      1,
      /^error: cannot read no-such-file\.json: there is no such file\n$/,
    ],
    [["org", "aply"], 2, /unknown command 'aply'/],
    [["--colour"], 2, /unknown option '--colour'/],
    [[], 2, /Usage: platform-api/],
    [["--help"], 0, /Usage: platform-api/],
    [["member", "remove", "--help"], 0, /Usage: platform-api member remove/],
  ])("%j exits %i", async (args, status, output) => {
    const ran = await stack.cli(...args);
    expect(ran.output).toMatch(output);
    expect(ran.status).toBe(status);
  });

  it("member remove and restore print what they did", async () => {
    const email = `${fresh("m")}@acme.example`;
    const { userId } = await stack.client(await logins(stack.issuer).entra(email)).auth.validate.query();
    expect(await stack.cli("member", "remove", "acme", userId.toUpperCase())).toEqual({
      status: 0,
      output: `${userId} (${email}) is removed in acme.\n`,
    });
    expect((await stack.cli("member", "remove", "acme", userId)).output).toBe(
      `${userId} (${email}) is removed in acme. Nothing to change.\n`,
    );
    expect((await stack.cli("member", "restore", "acme", userId, "--json")).output).toMatch(
      /"status":"active"/,
    );
  });
});
