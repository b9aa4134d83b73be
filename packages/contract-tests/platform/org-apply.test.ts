import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { commandsBy } from "../simulator/commands.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

const stack = stackOfTests({ settings: { IDENTITY_CACHE_MS: "60000" }, organizations: [] });
const folder = folderOfTests("org-apply");

/** The organization of one test, with an item of every kind. */
interface Declared {
  readonly id: string;
  readonly domains: readonly string[];
  readonly connections: readonly object[];
  readonly [setting: string]: unknown;
}

let sso: string;
let full: Declared;
beforeEach(() => {
  const id = fresh("org");
  sso = `${id}-sso`;
  full = {
    id,
    name: "Full",
    auth0OrgId: `org_${id.replaceAll("-", "")}`,
    jit: true,
    defaultRole: "member",
    domains: [`${id}.example`],
    connections: [{ name: sso, strategy: "waad", displayName: "Full" }],
    members: [{ email: `boss@${id}.example`, role: "owner" }],
  };
});

function bare(id: string): Declared {
  return { id, name: "Bare", jit: false, defaultRole: "member", domains: [], connections: [] };
}

const apply = (organizations: readonly object[], ...options: string[]) =>
  stack.orgApply(organizations, options);

/** Writes a file for a command that the stack does not run itself. */
function written(...organizations: readonly object[]): string {
  const file = join(folder, "organizations.json");
  writeFileSync(file, JSON.stringify({ organizations }));
  return file;
}

/** Links this many users through the connection. */
async function link(count: number): Promise<void> {
  const login = logins(stack);
  for (let n = 0; n < count; n += 1) {
    const token = await login.entra(`${fresh("p")}@${full.domains[0]}`, { connection: sso });
    await stack.client(token).auth.validate.query();
  }
}

const { json, audited } = commandsBy((...args) => stack.cli(...args));

it("org apply --plan prints the changes and makes none; org apply makes them once, and records each", async () => {
  const stored = await stack.items();
  const { id } = full;
  const lines = [
    `${id}: organization Full created`,
    `${id}: domain ${id}.example verified`,
    `${id}: connection ${sso} (waad) registered`,
    `${id}: boss@${id}.example invited as owner`,
  ];
  expect(await apply([full], "--plan")).toEqual({
    status: 0,
    output: `Would change:\n${lines.join("\n")}\n4 changes planned, none made.\n`,
  });
  const planned = JSON.parse((await apply([full], "--plan", "--json")).output);
  expect(planned).toMatchObject({ planned: true, warnings: [] });
  expect(
    planned.changes.map(
      ({ organizationId, change }: Record<string, string>) => `${organizationId}: ${change}`,
    ),
  ).toEqual(lines);
  expect(await stack.items()).toEqual(stored);
  expect((await apply([full])).output).toBe(`${lines.join("\n")}\n4 changes.\n`);
  for (const options of [["--plan"], []])
    expect((await apply([full], ...options)).output).toBe("Nothing to change.\n");
  expect(await audited("organizationId", id)).toEqual([
    "operator:tests organization-created",
    "operator:tests domain-verified",
    "operator:tests connection-enabled",
    "operator:tests invitation-sent",
  ]);
});

describe("T7I: org apply that takes a connection away", () => {
  const line = (people: string) =>
    `${full.id}: connection ${sso} no longer registered. ${people} linked through it: ` +
    "their tokens through it are refused within 5 s\n";

  it("says how many are linked through it, in the plan, where it is refused, and with --yes", async () => {
    await apply([full]);
    await link(3);
    const changed = [{ ...full, connections: [] }];
    const stored = await stack.items();
    const planned = await apply(changed, "--plan");
    expect(planned.output).toContain(`Would change:\n${line("3 people are")}`);
    expect(planned.output).toMatch(/1 change planned, none made\. This removes something: .*--yes\.\n$/);
    const refused = await apply(changed);
    expect(refused.status).toBe(2);
    expect(refused.output).toContain(`This file takes away:\n  ${line("3 people are")}`);
    expect(refused.output).toMatch(/nothing was changed\. Re-run with --yes to skip the confirmation\n$/);
    expect(await stack.items()).toEqual(stored);
    expect(await apply(changed, "--yes")).toEqual({
      status: 0,
      output: `${line("3 people are")}1 change.\n`,
    });
  });

  it("T7I: org apply that moves it says so in JSON", async () => {
    const heir = bare(`${full.id}-heir`);
    await apply([full, heir]);
    await link(2);
    const moved = [
      { ...full, connections: [] },
      { ...heir, connections: full.connections },
    ];
    const { output } = await apply(moved, "--yes", "--json");
    expect(JSON.parse(output).changes).toEqual([
      {
        organizationId: heir.id,
        change: `connection ${sso} moved here from ${full.id}`,
        takesAway: true,
        linkedPeople: { count: 2, complete: true },
      },
    ]);
  });
});

describe("org apply on a terminal", () => {
  it("warns once, before it asks", async () => {
    const sharing = { ...bare(`${full.id}-twin`), domains: full.domains };
    await apply([full, sharing]);
    const file = written({ ...full, connections: [] }, sharing);
    const { output } = await stack.onTerminal(() => "yes", "org", "apply", file);
    expect(output.split("warning: ")).toEqual(["", expect.stringContaining("\nThis file takes away:\n")]);
    expect(output).toMatch(/\n1 change\.\n$/);
  });

  it.each([
    ["yes", 0],
    ["no", 1],
  ])("asks once before it takes something away; the answer %s exits %i", async (answer, status) => {
    await apply([full]);
    const stored = await stack.items();
    const file = written({ ...full, domains: [] });
    const asked = await stack.onTerminal(() => answer, "org", "apply", file);
    expect([asked.status, asked.questions]).toEqual([status, ["Apply it? Type yes to go on: "]]);
    const told = `${full.id}: domain ${full.id}.example no longer verified`;
    const end = status === 0 ? `${told}\n1 change.\n` : "error: not confirmed, so nothing was changed\n";
    expect(asked.output).toBe(`This file takes away:\n  ${told}\n${end}`);
    if (status !== 0) expect(await stack.items()).toEqual(stored);
  });

  it("removes only what was confirmed, even if the store changed while it asked", async () => {
    await apply([full]);
    const second = `second.${full.id}.example`;
    const both = { ...full, domains: [...full.domains, second] };
    const answer = async () => {
      await apply([both]);
      return "yes";
    };
    const asked = await stack.onTerminal(answer, "org", "apply", written({ ...full, domains: [] }));
    expect(asked.status).toBe(1);
    expect(asked.output).toContain(
      `domain ${second} no longer verified: not confirmed; apply the file again`,
    );
    expect((await apply([both])).output).toBe("Nothing to change.\n");
  });
});

it("org apply prints the problems of a file, and its warnings", async () => {
  await apply([full]);
  const thief = { ...bare(`${full.id}-b`), connections: full.connections };
  expect(await apply([thief])).toEqual({
    status: 1,
    output: expect.stringMatching(
      `^error: .*\n  connection ${sso} belongs to organization ${full.id}: to move it`,
    ),
  });
  const sister = { ...bare(`${full.id}-s`), domains: full.domains };
  expect((await apply([sister])).output).toContain(
    `warning: domain ${full.domains[0]} is shared by ${full.id}, ${sister.id}: `,
  );
});

it("org list shows which organizations an organization trusts", async () => {
  const trusted = bare(`${full.id}-t`);
  await apply([{ ...full, trusts: [trusted.id] }, trusted]);
  const { output } = await stack.cli("org", "list");
  expect(output).toMatch(/^ID .* CONNECTIONS +TRUSTS\n/);
  expect(output).toMatch(new RegExp(`^${full.id} .* ${sso} +${trusted.id}$`, "m"));
  expect(output).toMatch(new RegExp(`^${trusted.id} .* –$`, "m"));
  const { organizations } = await json("org", "list");
  expect(organizations).toContainEqual(expect.objectContaining({ id: full.id, trusts: [trusted.id] }));
});
