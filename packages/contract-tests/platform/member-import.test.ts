import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CljClient, createCljClient } from "@platform-api/clj-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionClaims } from "./issuer.ts";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

const SOMEBODY = "16fd2706-8baf-433b-82eb-8c7fada847da";

let stack: Stack;
let directory: CljClient;
let folder: string;

beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  const { CLJ_PG_WRAPPER_URL: url = "", CLJ_PG_WRAPPER_TOKEN: token = "" } = stack.environment;
  directory = createCljClient({ url, token });
  folder = mkdtempSync(join(tmpdir(), "members-"));
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

/** A user of the old system and the directory who has never signed in here. */
async function known(domain: string): Promise<{ userId: string; email: string }> {
  const { id, email } = await directory.ensure({ email: `${fresh("old")}@${domain}` });
  return { userId: id, email };
}

function write(content: unknown): string {
  const file = join(folder, "members.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const run = (content: unknown, ...flags: string[]) => stack.cli("member", "import", write(content), ...flags);

/** What must not change when nothing may be written. */
const stored = async () => JSON.stringify(await stack.items());

describe("a line", () => {
  type Person = Awaited<ReturnType<typeof known>>;
  type Case = [
    what: string,
    role: string | undefined,
    before: (person: Person) => Promise<unknown>,
    dry: string,
    applied: string,
    after: { role: string; status: string },
  ];
  const signIn = async ({ email }: Person) =>
    stack.client(await logins(stack.issuer).entra(email)).org.me.query();
  const remove = async (person: Person) => {
    await signIn(person);
    await stack.cli("member", "remove", "acme", person.userId);
  };
  const nothing = async () => {};
  it.each<Case>([
    [
      "that is new",
      "admin",
      nothing,
      "would become admin",
      "is now admin",
      { role: "admin", status: "active" },
    ],
    [
      "without a role",
      undefined,
      nothing,
      "would become member",
      "is now member",
      { role: "member", status: "active" },
    ],
    [
      "of an existing member",
      "member",
      signIn,
      "is member already",
      "is member already",
      { role: "member", status: "active" },
    ],
    [
      "with another role",
      "owner",
      signIn,
      "is member already, and stays so: owner in the file changes nothing",
      "is member already, and stays so: owner in the file changes nothing",
      { role: "member", status: "active" },
    ],
    [
      "of a removed member",
      "owner",
      remove,
      "was removed, and stays so: only `member restore` undoes this",
      "was removed, and stays so: only `member restore` undoes this",
      { role: "member", status: "removed" },
    ],
  ])("%s", async (_, role, before, dry, applied, after) => {
    const person = await known("acme.example");
    await before(person);
    const line = {
      organization: "acme",
      userId: person.userId.toUpperCase(),
      email: person.email.toUpperCase(),
      role,
    };
    const who = `acme: ${person.email} (${person.userId})`;
    const untouched = await stored();
    const tried = await run({ members: [line] });
    expect(tried).toMatchObject({ status: 0, output: expect.stringContaining(`${who} ${dry}\n`) });
    expect(await stored()).toBe(untouched);
    const { status, output } = await run([line], "--apply");
    expect({ status, output }).toMatchObject({
      status: 0,
      output: expect.stringContaining(`${who} ${applied}\n`),
    });
    const members = JSON.parse((await stack.cli("member", "list", "acme", "--json")).output).items;
    expect(members).toContainEqual(
      expect.objectContaining({ userId: person.userId, email: person.email, ...after }),
    );
    const settled = await stored();
    expect((await run([line], "--apply")).output).toContain("Nothing to change.\n");
    expect(await stored()).toBe(settled);
  });
});

it("member import prints a summary, and the same as --json", async () => {
  const [one, two] = [await known("acme.example"), await known("globex.example")];
  const lines = [
    { organization: "acme", ...one },
    { organization: "globex", ...two },
  ];
  expect((await run(lines)).output).toMatch(
    /\n2 to import, 0 there already, 0 removed\. Nothing was changed: repeat it with --apply\.\n$/,
  );
  const members = [
    { index: 0, organizationId: "acme", ...one, role: "member", outcome: "new", storedRole: null },
    { index: 1, organizationId: "globex", ...two, role: "member", outcome: "new", storedRole: null },
  ];
  expect(JSON.parse((await run(lines, "--json")).output)).toEqual({ applied: false, members });
  expect(JSON.parse((await run(lines, "--apply", "--json")).output)).toEqual({ applied: true, members });
  expect((await run(lines, "--apply")).output).toMatch(
    /\n2 there already, 0 removed\. Nothing to change\.\n$/,
  );
});

it("member import reports every problem of a file and then writes nothing", async () => {
  const [good, other] = [await known("acme.example"), await known("acme.example")];
  await directory.ensure({ email: "boss@acme.example" });
  const boss = (await directory.findByEmail("boss@acme.example"))?.id;
  const line = { organization: "acme", ...good };
  const lines = [
    line,
    { ...line, organization: "no organization" },
    { ...line, userId: "waad|abc" },
    { ...line, email: "jane" },
    { ...line, role: "king" },
    { ...line, colour: "red" },
    "jane",
    { ...line, organization: "nowhere" },
    { ...line, email: "nobody@acme.example", userId: SOMEBODY },
    { ...line, userId: other.userId },
    { organization: "acme", userId: boss, email: "boss@acme.example" },
    line,
  ];
  const untouched = await stored();
  for (const flags of [[], ["--apply"]]) {
    const { status, output } = await run({ members: lines }, ...flags);
    expect(status).toBe(1);
    expect(output.split("\n").map((problem) => problem.trim())).toEqual([
      "error: the members file cannot be imported, and nothing was changed:",
      "[1].organization: must be 1 to 64 letters, digits, dots, hyphens, underscores, and not `me`",
      "[2].userId: is not a user id (expected the user directory's UUID)",
      "[3].email: is not an e-mail address such as jane@acme.example",
      "[4].role: must be one of member, admin, owner",
      "[5]: unknown key colour",
      "[6]: must be an object",
      `[7] ${good.email} in nowhere: there is no such organization: declare it with \`platform-api org apply\``,
      "[8] nobody@acme.example in acme: the user directory has no user with this address: correct it, or leave the line out",
      `[9] ${good.email} in acme: the user directory has ${good.userId} at this address, not ${other.userId}: correct one of the two`,
      "[10] boss@acme.example in acme: is invited as owner, and a membership makes the invitation void: import with that role, or withdraw it",
      `[11] ${good.email} in acme: [0] has this user in this organization already`,
      "",
    ]);
    expect(await stored()).toBe(untouched);
  }
  expect(await stack.usersAt("nobody@acme.example")).toBe(0);
});

it.each([
  ["{", /^error: the members file cannot be imported, and nothing was changed:\n {2}invalid JSON: /],
  [
    { people: [] },
    /the file must be a list, or \{ members: \[\.\.\.\] \}, of \{ organization, userId, email, role\? \}/,
  ],
])("refuses a file without a list of members: %j", async (content, problem) => {
  expect(await run(content)).toMatchObject({ status: 1, output: expect.stringMatching(problem) });
});

it("member import is audited once, with its operator", async () => {
  const person = await known("acme.example");
  const line = { organization: "acme", ...person };
  await run([line]);
  await run([line], "--apply");
  await run([line], "--apply");
  const { output } = await stack.cli("audit", "list", "--json");
  const entries = JSON.parse(output).entries.filter(
    (entry: { userId: string }) => entry.userId === person.userId,
  );
  expect(entries).toMatchObject([
    { action: "membership-created", organizationId: "acme", rule: "import", actor: "operator:tests" },
  ]);
});

it("an imported user is a member at sign-in, and only outside addresses are exempt from enforced SSO", async () => {
  const [inside, outside] = [await known("initech.example"), await known("freelance.example")];
  const lines = [inside, outside].map((person) => ({ organization: "initech", ...person, role: "admin" }));
  expect((await run(lines, "--apply")).output).toContain("2 imported");
  const login = logins(stack.issuer);
  const roleOf = async (token: string) =>
    stack.client(token).auth.check.query({ organizationId: "initech", role: "admin" });
  expect(await roleOf(await login.adfs(inside.email))).toEqual({ allowed: true, role: "admin" });
  expect(await roleOf(await login.password(outside.email))).toEqual({ allowed: true, role: "admin" });
  const noSso = await stack.issuer.sign(fresh("auth0|id"), actionClaims({ userId: inside.userId }));
  expect(await roleOf(noSso)).toEqual({ allowed: false, role: null });
});
