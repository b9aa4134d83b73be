import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type Page, ROOT, readPage } from "../pages/page.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { logins, ORGANIZATIONS } from "../simulator/people.ts";

const PAGES = readdirSync(join(ROOT, "docs/runbook")).map((name) => {
  return [name, readPage(`docs/runbook/${name}`)] as const;
});

/** The users on the pages, by their UUID there. */
const PEOPLE = {
  "7c18584b-d06e-4ad2-9ff1-6ef64128fed0": "jane",
  "090a6f4d-6987-4fbb-932a-0adc02d30703": "eve",
};

const stack = stackOfTests();
const folder = folderOfTests("runbook");
const here = new Map<string, string>();

beforeAll(async () => {
  const file = join(folder, "organizations.json");
  writeFileSync(file, JSON.stringify({ organizations: ORGANIZATIONS }));
  here.set("organizations.json", file);
  for (const [there, name] of Object.entries(PEOPLE)) {
    const sign = (year: string) =>
      logins(stack).entra(`${name}@acme.example`, { subject: `waad|${name}-${year}` });
    here.set(there, (await stack.client(await sign("2019")).auth.validate.query()).userId);
    const renewed = stack.client(await sign("2026")).auth.validate.query();
    await expect(renewed).rejects.toMatchObject({ data: { reason: "IDENTITY_CONFLICT" } });
  }
  expect(
    await stack.cli("invitation", "create", "acme", "kim@acme.example", "--role", "member"),
  ).toMatchObject({ status: 0 });
});

/** The arguments of a page's commands, with this stack's users and file, times of this year, and --yes. */
function argumentsOn({ blocks }: Page): string[][] {
  const lines = blocks.flatMap(({ text }) => [...text.matchAll(/^(?:\$ )?platform-api (.*)$/gm)]);
  return lines.map(([, line = ""]) => {
    const [command = ""] = line.split(/ [|#] /);
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = ""]) => quoted ?? word);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const args = words.map((word, index) =>
      words[index - 1] === "--until" ? inAnHour : (here.get(word) ?? word),
    );
    return /^(relink|unlink|block|unblock|sign-out|allow)$/.test(args[1] ?? "") ? [...args, "--yes"] : args;
  });
}

it.each(PAGES)("the commands of %s work, and its tables have the printed headings", async (name, page) => {
  const commands = argumentsOn(page);
  expect(commands.length).toBeGreaterThan(name === "index.md" ? -1 : 0);
  for (const args of commands) expect({ args, ...(await stack.cli(...args)) }).toMatchObject({ status: 0 });

  const printed = [
    await stack.cli("audit", "list"),
    await stack.cli("identity", "show", "waad|jane-2026"),
  ].flatMap(({ output }) => output.split("\n"));
  const shape = (line: string) => line.split(/ {2,}/).join(" ");
  const shown = page.text.split("\n").filter((line) => /^(AT +BY|TENANT|MEMBER OF) /.test(line));
  for (const line of shown) expect(printed.map(shape)).toContain(shape(line));
});

it("the page about a user who has left fits on one screen", () => {
  expect(readPage("docs/runbook/leaver.md").text.trim().split("\n").length).toBeLessThanOrEqual(40);
});
