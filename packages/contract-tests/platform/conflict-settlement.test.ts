import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandsBy } from "../simulator/commands.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { twoOrganizations } from "../simulator/two-organizations.ts";

const stack = stackOfTests({ organizations: [] });
const folder = folderOfTests("settlement");

const { run } = commandsBy((...args) => stack.cli(...args));

// Who may speak for a user is proven beside the rule, in packages/server/src/domain.
it("a conflict of two organizations' SSO is settled by the commands that the refusals name", async () => {
  const two = twoOrganizations(stack);
  await two.apply();
  const email = `${fresh("ada")}@${two.domain}`;
  const [old, renewed] = [fresh("waad|x"), fresh("waad|y")];
  const userId = await whose(stack, two.sso("x", email, old));
  expect(await whose(stack, two.sso("y", email, renewed))).toBe("IDENTITY_CONFLICT");
  const file = join(folder, "members.json");
  writeFileSync(file, JSON.stringify([{ organization: two.id.y, userId, email }]));
  const importing = ["member", "import", file, "--apply"];
  const hint = (organizationId: string) =>
    expect.stringContaining(`identity allow ${userId} ${organizationId}`);
  expect(await stack.cli(...importing)).toMatchObject({ status: 1, output: hint(two.id.y) });

  const allow = ["identity", "allow", userId, two.id.y, "--yes"];
  expect(await run(...allow)).toBe(
    `The SSO of ${two.id.y} speaks for ${userId}.\nStill linked: ${old}, through ${two.connection.x} of ${two.id.x}, which can sign in as them in all their organizations. Unless they work for both, run \`identity unlink\` for it.\n`,
  );
  expect(await run(...allow)).toMatch(/Nothing to change\.\nStill linked: /);
  expect(await whose(stack, two.sso("y", email, renewed))).toBe(userId);
  expect(await whose(stack, two.sso("x", email, old))).toBe(userId);
  expect(await run("identity", "show", userId)).toContain(
    `Who may speak for this user: the first login proved the address to all organizations; the SSO of ${two.id.y} speaks`,
  );
  await run("member", "remove", two.id.x, userId);
  const restored = await stack.cli("member", "restore", two.id.x, userId);
  expect(restored).toMatchObject({ status: 1, output: hint(two.id.x) });

  const until = new Date(Date.now() + 3_600_000).toISOString();
  const window = ["connection", "relink-window", two.connection.y, "--until", until, "--from", two.id.x];
  expect(await run(...window)).toMatch(`also for users of ${two.id.x}.\n`);
});
