import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandsBy } from "../simulator/commands.ts";
import { type Exchange, startFaultProxy } from "../simulator/fault-proxy.ts";
import { only, reset } from "../simulator/faults.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { runCommand } from "../simulator/stack.ts";

const stack = stackOfTests();
const folder = folderOfTests("members");

/** A line for a user of the old system and the directory who has never signed in here. */
async function lineOf(organization: string, role?: string) {
  const { id: userId, email } = await stack.directory.ensure({
    email: `${fresh("old")}@${organization}.example`,
  });
  return { organization, userId, email, ...(role !== undefined && { role }) };
}

function write(content: unknown): string {
  const file = join(folder, "members.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const { audited } = commandsBy((...args) => stack.cli(...args));
const run = (content: unknown, ...flags: string[]) => stack.cli("member", "import", write(content), ...flags);
const signIn = async (email: string) => stack.client(await logins(stack).entra(email)).org.me.query();
/** What must not change when nothing may be written. */
const stored = async () => JSON.stringify(await stack.items());

it("member import prints what each line comes to and a summary, and the same as --json", async () => {
  const [fresher, member, removed] = [
    await lineOf("acme", "admin"),
    await lineOf("acme", "owner"),
    await lineOf("acme"),
  ];
  for (const { email } of [member, removed]) await signIn(email);
  await stack.cli("member", "remove", "acme", removed.userId);
  const lines = [{ ...fresher, userId: fresher.userId.toUpperCase() }, member, removed];
  const who = ({ email, userId }: typeof member) => `acme: ${email} (${userId})`;
  const others =
    `${who(member)} is member already, and stays so: owner in the file changes nothing\n` +
    `${who(removed)} was removed, and stays so: only \`member restore\` undoes this\n`;
  const untouched = await stored();
  expect(await run({ members: lines })).toEqual({
    status: 0,
    output: `${who(fresher)} would become admin\n${others}1 to import, 1 there already, 1 removed. Nothing was changed: repeat it with --apply.\n`,
  });
  expect(await stored()).toBe(untouched);
  const planned = JSON.parse((await run(lines, "--json")).output);
  expect(planned).toMatchObject({ applied: false, members: [{ index: 0, outcome: "new" }, {}, {}] });
  expect(JSON.parse((await run(lines, "--apply", "--json")).output)).toEqual({ ...planned, applied: true });
  expect((await run(lines, "--apply")).output).toBe(
    `${who(fresher)} is admin already\n${others}2 there already, 1 removed. Nothing to change.\n`,
  );
  expect(await audited("userId", fresher.userId)).toEqual(["operator:tests membership-created import"]);
});

it("member import reports every problem of a file and of its lines, and then writes nothing", async () => {
  const [good, other] = [await lineOf("acme"), await lineOf("acme")];
  const { id: boss } = await stack.directory.ensure({ email: "boss@acme.example" });
  const lines = [
    good,
    { ...good, organization: "no organization" },
    { ...good, userId: "waad|abc" },
    { ...good, email: "jane" },
    { ...good, role: "king" },
    { ...good, colour: "red" },
    "jane",
    { ...good, organization: "nowhere" },
    { ...good, email: "nobody@acme.example", userId: "16fd2706-8baf-433b-82eb-8c7fada847da" },
    { ...good, userId: other.userId },
    { organization: "acme", userId: boss, email: "boss@acme.example" },
    good,
  ];
  const untouched = await stored();
  const { status, output } = await run({ members: lines }, "--apply");
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
  expect((await run({ people: [] })).output).toMatch(
    /the file must be a list, or \{ members: \[\.\.\.\] \}, of \{ organization, userId, email, role\? \}/,
  );
  expect(await stored()).toBe(untouched);
  expect(await stack.usersAt("nobody@acme.example")).toBe(0);
});

it("member import shows at most 20 problems, and writes all of them beside the file, for this user alone", async () => {
  const lines = Array.from({ length: 25 }, () => "jane");
  const { status, output } = await run(lines);
  const path = join(folder, "members.json.problems.txt");
  expect(status).toBe(1);
  expect(output).toContain("  [19]: must be an object\n");
  expect(output).toMatch(new RegExp(`\\[19\\]: .*\\n {2}… and 5 more: all are in ${path}\\n$`));
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(26);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

/** Imports members on this stack with another environment, with deadlines that a busy machine does not reach. */
function runWith(env: Record<string, string>, lines: unknown) {
  const patient = { STORE_ATTEMPT_MS: "5000", STORE_DEADLINE_MS: "10000", DIRECTORY_ATTEMPT_MS: "2400" };
  return runCommand({ ...stack.environment, ...patient, ...env }, [
    "member",
    "import",
    write(lines),
    "--apply",
  ]);
}

it.each([
  [
    { CLJ_PG_WRAPPER_URL: "http://127.0.0.1:9", DIRECTORY_DEADLINE_MS: "200" },
    /the user directory does not answer \(.+\), so nothing was changed: check CLJ_PG_WRAPPER_URL/,
  ],
  [{ CLJ_PG_WRAPPER_TOKEN: "wrong" }, /the user directory does not answer \(.*401.*\)/],
  [{ CLJ_PG_WRAPPER_URL: "" }, /CLJ_PG_WRAPPER_URL is missing/],
])("member import with %j names the problem and writes nothing", async (env, problem) => {
  const untouched = await stored();
  const lines = [await lineOf("acme")];
  expect(await runWith(env, lines)).toEqual({ status: 1, output: expect.stringMatching(problem) });
  expect(await stored()).toBe(untouched);
});

it("member import that fails half-way says how many lines are imported, and what to do", async () => {
  const lines = [await lineOf("acme"), await lineOf("acme")];
  const last = lines[1]?.userId ?? "";
  const isWrite = ({ request, body }: Exchange) =>
    String(request.headers["x-amz-target"]).endsWith("TransactWriteItems") && body.includes(`USER#${last}`);
  const proxy = await startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", only(isWrite, reset));
  expect(await runWith({ DYNAMODB_ENDPOINT: proxy.url }, lines)).toEqual({
    status: 1,
    output: expect.stringMatching(
      /^error: stopped half-way \(.+\), \d lines? (is|are) imported: run the same command again\n$/,
    ),
  });
  await proxy.close();
});
