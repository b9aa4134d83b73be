import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

const FOLDER = new URL("../../../docs/runbook/", import.meta.url);
const PAGES = readdirSync(FOLDER).map((page) => [page, readFileSync(new URL(page, FOLDER), "utf8")] as const);

/** The users on the pages, by their UUID there. */
const PEOPLE = {
  "7c18584b-d06e-4ad2-9ff1-6ef64128fed0": "jane",
  "090a6f4d-6987-4fbb-932a-0adc02d30703": "eve",
};

let stack: Stack;
let folder: string;
const here = new Map<string, string>();

beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  folder = mkdtempSync(join(tmpdir(), "runbook-"));
  const file = join(folder, "organizations.json");
  writeFileSync(file, JSON.stringify({ organizations: ORGANIZATIONS }));
  here.set("organizations.json", file);
  for (const [there, name] of Object.entries(PEOPLE)) {
    const sign = (year: string) =>
      logins(stack.issuer).entra(`${name}@acme.example`, { subject: `waad|${name}-${year}` });
    here.set(there, (await stack.client(await sign("2019")).auth.validate.query()).userId);
    const renewed = stack.client(await sign("2026")).auth.validate.query();
    await expect(renewed).rejects.toMatchObject({ data: { reason: "IDENTITY_CONFLICT" } });
  }
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

/** The commands of a page, with this stack's users and file, times of this year, and --yes. */
function commandsOf(page: string): string[][] {
  const blocks = [...page.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const lines = blocks.flatMap((block) => [...block.matchAll(/^(?:\$ )?platform-api (.*)$/gm)]);
  return lines.map(([, line = ""]) => {
    const all = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = ""]) => quoted ?? word);
    const end = all.findIndex((word) => word === "|" || word === "#");
    const words = end < 0 ? all : all.slice(0, end);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const args = words.map((word, index) =>
      words[index - 1] === "--until" ? inAnHour : (here.get(word) ?? word),
    );
    return /^(relink|unlink|block|unblock|allow)$/.test(args[1] ?? "") ? [...args, "--yes"] : args;
  });
}

it.each(PAGES)("the commands of %s work", async (name, page) => {
  const commands = commandsOf(page);
  expect(commands.length).toBeGreaterThan(name === "index.md" ? -1 : 0);
  for (const args of commands) expect({ args, ...(await stack.cli(...args)) }).toMatchObject({ status: 0 });
});

it.each(PAGES)("the tables of %s have the printed headings", async (_, page) => {
  const identity = ["identity", "show", "waad|jane-2026"];
  const printed = await Promise.all([stack.cli("audit", "list"), stack.cli(...identity)]);
  const headings = printed
    .flatMap(({ output }) => output.split("\n"))
    .map((line) => line.split(/ {2,}/).join(" "));
  const shown = page.split("\n").filter((line) => /^(AT +BY|TENANT|MEMBER OF) /.test(line));
  for (const line of shown) expect(headings).toContain(line.split(/ {2,}/).join(" "));
});
