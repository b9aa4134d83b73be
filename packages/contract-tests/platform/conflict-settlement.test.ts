import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandsBy } from "../simulator/commands.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { type TwoOrganizations, twoOrganizations } from "../simulator/two-organizations.ts";

const stack = stackOfTests({ organizations: [] });
const folder = folderOfTests("settlement");

const CONFLICT = "IDENTITY_CONFLICT";
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

/** A user who came through the SSO of X, and a domain that X and Y share. */
async function personOfX(settings?: Parameters<TwoOrganizations["apply"]>[0]) {
  const two = twoOrganizations(stack);
  await two.apply(settings);
  const email = `${fresh("ada")}@${two.domain}`;
  const old = fresh("waad|old");
  const userId = await whose(stack, two.sso("x", email, old));
  return { two, email, old, userId };
}

const { run, audited } = commandsBy((...args) => stack.cli(...args));

it("identity allow lets the other organization's SSO speak for the user and keeps existing links", async () => {
  const { two, email, old, userId } = await personOfX();
  const renewed = fresh("waad|y");
  expect(await whose(stack, two.sso("y", email, renewed))).toBe(CONFLICT);
  const args = ["identity", "allow", userId, two.id.y, "--yes"];
  expect(await run(...args)).toBe(
    `The SSO of ${two.id.y} speaks for ${userId}, and that of ${two.id.x} no more.\n`,
  );
  expect(await run(...args)).toMatch(/Nothing to change\.\n$/);
  expect(await whose(stack, two.sso("y", email, renewed))).toBe(userId);
  expect(await whose(stack, two.sso("x", email, old))).toBe(userId);
  expect(await run("identity", "show", userId)).toContain(
    `Who may speak for this user: the first login proved the address to all organizations; the SSO of ${two.id.y} speaks`,
  );
  expect(await audited("userId", userId)).toEqual([
    "login identity-linked verified-domain",
    "login membership-created jit",
    "login identity-conflict foreign-organization",
    "operator:tests identity-allowed",
    "login identity-linked verified-domain",
    "login membership-created jit",
  ]);
});

it("a relink window lets users of a merged organization use the other SSO until it is closed", async () => {
  const { two, email, userId } = await personOfX();
  const late = `${fresh("late")}@${two.domain}`;
  await whose(stack, two.sso("x", late));
  expect(await whose(stack, two.sso("y", email))).toBe(CONFLICT);
  const window = ["connection", "relink-window", two.connection.y];
  expect(await run(...window, "--until", inAnHour(), "--from", two.id.x)).toMatch(
    `also for users of ${two.id.x}.\n`,
  );
  expect(await whose(stack, two.sso("y", email))).toBe(userId);
  await run(...window, "--close");
  expect(await whose(stack, two.sso("y", late))).toBe(CONFLICT);
});

it("member import refuses a user of another organization's SSO and says how to settle the conflict", async () => {
  const { two, email, userId } = await personOfX();
  expect((await stack.directory.findByEmail(email))?.id).toBe(userId);
  const file = join(folder, "members.json");
  writeFileSync(file, JSON.stringify([{ organization: two.id.y, userId, email }]));
  expect(await stack.cli("member", "import", file, "--apply")).toMatchObject({
    status: 1,
    output: expect.stringContaining(`identity allow ${userId} ${two.id.y}`),
  });
  expect(await two.memberships(email)).toEqual(["x:member"]);
  await run("identity", "allow", userId, two.id.y, "--yes");
  expect(await run("member", "import", file, "--apply")).toContain("is now member");
});

it("member restore refuses a user of another organization's SSO and says how to settle the conflict", async () => {
  const { two, email, userId } = await personOfX();
  await run("member", "remove", two.id.x, userId);
  await run("identity", "allow", userId, two.id.y, "--yes");
  expect(await whose(stack, two.sso("y", email))).toBe(userId);
  expect(await stack.cli("member", "restore", two.id.x, userId)).toMatchObject({
    status: 1,
    output: expect.stringContaining(`identity allow ${userId} ${two.id.x}`),
  });
  await run("identity", "allow", userId, two.id.x, "--yes");
  expect(await run("member", "restore", two.id.x, userId)).toMatch(/ is active in /);
});
