import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "@platform-api/platform-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fresh, logins } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "org-apply-"));
  stack = await startStack({ IDENTITY_CACHE_MS: "60000" });
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

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
    ...{ id, name: "Full", auth0OrgId: `org_${id.replaceAll("-", "")}`, jit: true, defaultRole: "member" },
    domains: [`${id}.example`],
    connections: [{ name: sso, strategy: "waad", displayName: "Full" }],
    members: [{ email: `boss@${id}.example`, role: "owner" }],
  };
});

const apply = (organizations: readonly object[], ...options: string[]) =>
  stack.orgApply(organizations, options);

/** Links this many users through the connection. */
async function link(count: number, domain = full.domains[0], connection = sso): Promise<void> {
  const login = logins(stack.issuer);
  for (let n = 0; n < count; n += 1) {
    const token = await login.entra(`${fresh("p")}@${domain}`, { connection });
    await stack.client(token).auth.validate.query();
  }
}

/** Each change that removes something, and its text. */
const WITHDRAWALS: readonly [string, (before: Declared) => object[], (id: string) => string][] = [
  ["a domain", (it) => [{ ...it, domains: [] }], (id) => `${id}: domain ${id}.example no longer verified`],
  [
    "a connection",
    (it) => [{ ...it, connections: [] }],
    (id) => `${id}: connection ${id}-sso no longer registered. 0 people are linked through it: `,
  ],
  [
    "an invitation",
    (it) => [{ ...it, members: [] }],
    (id) => `${id}: invitation of boss@${id}.example withdrawn`,
  ],
  ["JIT", (it) => [{ ...it, jit: false }], (id) => `${id}: jit true → false`],
  [
    "an Auth0 id",
    (it) => [{ ...it, auth0OrgId: null }],
    (id) => `${id}: auth0OrgId org_${id.replaceAll("-", "")} → none`,
  ],
  [
    "trust in another organization",
    (it) => [{ ...it, trusts: [] }, { ...bare(`${it.id}-friend`) }],
    (id) => `${id}: trusts ${id}-friend → none`,
  ],
  [
    "a connection from one for another",
    (it) => [
      { ...it, connections: [] },
      { ...bare(`${it.id}-friend`), connections: it.connections },
    ],
    (id) => `${id}-friend: connection ${id}-sso moved here from ${id}. 0 people are linked through it: `,
  ],
];

function bare(id: string): Declared {
  return { id, name: "Bare", jit: false, defaultRole: "member", domains: [], connections: [] };
}

describe.each(WITHDRAWALS)("org apply that removes %s", (_, after, words) => {
  it("is refused without a terminal and lists the change, --plan shows it, and --yes applies it", async () => {
    const friend = bare(`${full.id}-friend`);
    const before = { ...full, trusts: [friend.id] };
    expect(await apply([before, friend])).toMatchObject({ status: 0 });
    const changed = after(before);
    const stored = await stack.items();

    const refused = await apply(changed);
    expect(refused.status).toBe(2);
    expect(refused.output).toContain(`This file takes away:\n  ${words(full.id)}`);
    expect(refused.output).toMatch(/nothing was changed\. Re-run with --yes to skip the confirmation\n$/);
    const planned = await apply(changed, "--plan");
    expect(planned.status).toBe(0);
    expect(planned.output).toContain(`Would change:\n${words(full.id)}`);
    expect(planned.output).toMatch(/1 change planned, none made\. This removes something: .*--yes\.\n$/);
    expect(await stack.items()).toEqual(stored);

    const made = await apply(changed, "--yes");
    expect(made).toMatchObject({ status: 0, output: expect.stringContaining(words(full.id)) });
    expect((await apply(changed)).output).toBe("Nothing to change.\n");
  });
});

it("org apply asks for no confirmation if it removes nothing", async () => {
  const less = { ...bare(full.id), members: [] };
  expect(await apply([less])).toMatchObject({ status: 0 });
  const more = { ...full, name: "Renamed", defaultRole: "admin" };
  const output = expect.stringMatching(/\n4 changes\.\n$/);
  expect(await apply([more])).toEqual({ status: 0, output });
  const kept = { status: 0, output: expect.not.stringContaining("auth0OrgId") };
  expect(await apply([{ ...more, enforceSso: true, auth0OrgId: undefined }])).toEqual(kept);
});

it("org apply --plan prints the changes and applies none", async () => {
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
  const json = JSON.parse((await apply([full], "--plan", "--json")).output);
  expect(json).toMatchObject({ planned: true, warnings: [] });
  expect(
    json.changes.map(({ organizationId, change }: Record<string, string>) => `${organizationId}: ${change}`),
  ).toEqual(lines);
  expect(await stack.items()).toEqual(stored);
  expect((await apply([full])).output).toBe(`${lines.join("\n")}\n4 changes.\n`);
  expect((await apply([full], "--plan")).output).toBe("Nothing to change.\n");
});

describe("org apply on a terminal", () => {
  it.each([
    ["yes", 0, []],
    ["no", 1, ["error: not confirmed, so nothing was changed"]],
  ])("asks once before it takes something away; the answer %s exits %i", async (answer, status, end) => {
    await apply([full]);
    const stored = await stack.items();
    const without = { ...full, domains: [] };
    const asked = await onTerminal([without], async () => answer);
    expect(asked.status).toBe(status);
    expect(asked.questions).toEqual(["Apply it? Type yes to go on: "]);
    const told = `${full.id}: domain ${full.id}.example no longer verified`;
    expect(asked.output).toContain(`This file takes away:\n  ${told}\n`);
    for (const line of end) expect(asked.output).toContain(line);
    if (status === 0) expect(asked.output).toMatch(new RegExp(`\n${told}\n1 change\\.\n$`));
    else expect(await stack.items()).toEqual(stored);
  });

  it("removes only what was confirmed, even if the store changed while it asked", async () => {
    await apply([full]);
    const second = `second.${full.id}.example`;
    const asked = await onTerminal([{ ...full, domains: [] }], async () => {
      await apply([{ ...full, domains: [...full.domains, second] }]);
      return "yes";
    });
    expect(asked.status).toBe(1);
    expect(asked.output).toContain(
      `domain ${second} no longer verified: not confirmed; apply the file again`,
    );
    expect((await apply([full], "--plan")).output).toContain(second);
    expect((await apply([{ ...full, domains: [...full.domains, second] }])).output).toBe(
      "Nothing to change.\n",
    );
  });
});

describe("T7I: org apply says how many users are linked through a connection", () => {
  const cut = (people: string) =>
    `${people} linked through it: their tokens through it are refused within 60 s (IDENTITY_CACHE_MS)`;

  it.each([
    [1, "1 person is"],
    [3, "3 people are"],
  ])("that it takes away: %i", async (count, people) => {
    const other = { ...bare(`${full.id}-b`), jit: true, domains: [`b.${full.id}.example`] };
    await apply([
      full,
      { ...other, connections: [{ name: `${sso}-b`, strategy: "waad", displayName: "B" }] },
    ]);
    await link(count);
    await link(2, other.domains[0], `${sso}-b`);
    const without = [{ ...full, connections: [] }];
    const line = `${full.id}: connection ${sso} no longer registered. ${cut(people)}\n`;
    for (const options of [["--plan"], [], ["--yes"]]) {
      expect((await apply(without, ...options)).output).toContain(line);
    }
  });

  it("T7I: org apply says how many users are linked through a connection that it moves", async () => {
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

it("org apply explains a shared domain before and after it is shared", async () => {
  const sister = { ...bare(`${full.id}-sister`), domains: full.domains };
  for (const options of [["--plan"], []]) {
    const { output } = await apply([full, sister], ...options);
    expect(output).toContain(
      `warning: domain ${full.domains[0]} is shared by ${full.id}, ${sister.id}: an SSO login of one proves an ` +
        'address to that organization alone, unless each of the others trusts it ("trusts" in the file). The ' +
        "first login decides: people first seen through one organization's SSO get IDENTITY_CONFLICT through " +
        "another's, until `platform-api identity allow` settles it\n",
    );
  }
  const apart = await apply([full, { ...sister, domains: [] }], "--yes");
  expect(apart.output).not.toContain("is shared");
});

it.each([
  ["is a member", async () => {}, "is a member already, as member"],
  ["was removed", (userId: string) => stack.cli("member", "remove", full.id, userId), "was removed"],
])("org apply warns where it invites somebody who %s, plan or not", async (_, prepare, words) => {
  await apply([full]);
  const email = `${fresh("member")}@${full.id}.example`;
  const token = await logins(stack.issuer).entra(email, { connection: sso });
  const { userId } = await stack.client(token).auth.validate.query();
  await prepare(userId);
  const invites = [{ ...full, members: [{ email, role: "owner" }] }];
  for (const option of ["--plan", "--yes"]) {
    const { output } = await apply(invites, option);
    expect(output).toContain(
      `warning: ${full.id}: ${email} ${words}: the invitation changes nothing for them`,
    );
  }
});

it("org apply withdraws trust before another organization gets the domain", async () => {
  const trusted = bare(`${full.id}-t`);
  await apply([{ ...full, trusts: [trusted.id] }, trusted]);
  const { output } = await apply([{ ...trusted, domains: full.domains }, full], "--yes");
  expect(output.indexOf(`trusts ${trusted.id} → none`)).toBeGreaterThan(-1);
  expect(output.indexOf(`trusts ${trusted.id} → none`)).toBeLessThan(output.indexOf(`${trusted.id}: domain`));
});

it("org list shows which organizations an organization trusts", async () => {
  const trusted = bare(`${full.id}-t`);
  await apply([{ ...full, trusts: [trusted.id] }, trusted]);
  const { output } = await stack.cli("org", "list");
  expect(output).toMatch(/^ID .* CONNECTIONS +TRUSTS\n/);
  expect(output).toMatch(new RegExp(`^${full.id} .*\\(waad\\) +${trusted.id}$`, "m"));
  expect(output).toMatch(new RegExp(`^${trusted.id} .* –$`, "m"));
  const { organizations } = JSON.parse((await stack.cli("org", "list", "--json")).output);
  expect(organizations).toContainEqual(expect.objectContaining({ id: full.id, trusts: [trusted.id] }));
});

/** Runs `org apply` on a terminal. */
async function onTerminal(organizations: readonly object[], ask: () => Promise<string>) {
  const file = join(folder, "organizations.json");
  writeFileSync(file, JSON.stringify({ organizations }));
  const questions: string[] = [];
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const status = await runCli(["org", "apply", file], {
    env: stack.environment,
    out: write,
    err: write,
    readInput: async () => "",
    ask: (question) => {
      questions.push(question);
      return ask();
    },
    operator: "tests",
    onStop: () => {},
  });
  return { status, output, questions };
}
