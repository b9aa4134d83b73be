import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDnsServer } from "@platform-api/dev/dns";
import { runCli } from "@platform-api/platform-api";
import { describe, expect, it } from "vitest";
import { type Page, pageOf, ROOT, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { openShell } from "../pages/shell.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { restoreInto } from "../upgrade/restored-table.ts";
import { parseAws, sendAws } from "./aws.ts";
import { OUTAGES } from "./outages.ts";
import { PEOPLE } from "./people.ts";
import { type Call, type Called, startPrograms } from "./programs.ts";
import type { Prepare, Setting } from "./settings.ts";
import { expectAmong, expectPrinted } from "./shapes.ts";
import { STORED_SUBJECTS } from "./stored-subjects.ts";

const FOLDER = "docs/runbook";
const NAMES = readdirSync(join(ROOT, FOLDER)).sort();
const PAGES = NAMES.map((name) => [name, readPage(`${FOLDER}/${name}`)] as const);
const FORM = ["How you see it", "What to type", "What it prints", "How long", "How to verify"];
/** A screen and a half. */
const MOST_LINES = 60;
const LONGEST_LINE = 600;

const SETTINGS: Readonly<Record<string, Prepare>> = {
  ...PEOPLE,
  ...OUTAGES,
  "stored-subjects.md": STORED_SUBJECTS,
};
/** The lines that `upgrade/upgrade.test.ts` runs, on nginx and with two builds. */
const UPGRADE = readPage("docs/back-up-and-upgrade.md").code("sh");

const pages = PAGES.filter(([name]) => name !== "index.md");

describe.each(pages)("docs/runbook/%s", (_, page) => {
  it("has the parts that every page has, on a screen and a half", () => {
    const titles = page.headings.filter(({ level }) => level === 2).map(({ title }) => title);
    expect(titles).toEqual(FORM);
    const lines = page.text.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
    expect(lines.filter(({ length }) => length > LONGEST_LINE)).toEqual([]);
  });
});

it("docs/runbook/index.md leads to every page", () => {
  const [table] = readPage(`${FOLDER}/index.md`).tables;
  const linked = table?.rows.flatMap((row) => [...row.join().matchAll(/\]\(([\w-]+\.md)\)/g)]);
  expect(linked?.map(([, name]) => name).sort()).toEqual(pages.map(([name]) => name));
});

const folder = folderOfTests("runbook");
const dns = duringTests(() => startDnsServer({ host: "127.0.0.1", port: 0, dataFolder: folder }));
const stack = stackOfTests({ settings: () => ({ DNS_RESOLVERS: `127.0.0.1:${dns.port}` }) });

/** The commands in sentences and tables, each with its options. */
const COMMAND =
  /`(?:platform-api )?((?:audit|connection|directory|domain|identity|invitation|leak|member|org|table|token) [a-z-]+\b[^`]*)`/g;

it("every command that a page mentions exists, with its options", async () => {
  const prose = PAGES.map(([, { text }]) => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "")).join("\n");
  const mentioned = new Set([...prose.matchAll(COMMAND)].map(([, command = ""]) => command));
  expect(mentioned.size).toBeGreaterThan(20);
  for (const command of mentioned) {
    const [noun = "", verb = ""] = command.split(" ");
    const { output } = await stack.cli(noun, verb, "--help");
    expect(output, command).toContain(`Usage: platform-api ${noun} ${verb} `);
    for (const [option] of command.matchAll(/--[a-z-]+/g)) expect(output, command).toContain(option);
  }
});

it("every line of the AWS CLI in docs asks DynamoDB for something that exists", () => {
  const folders = ["docs", FOLDER].map((name) => [name, readdirSync(join(ROOT, name))] as const);
  const files = folders.flatMap(([name, found]) => found.map((file) => `${name}/${file}`));
  const blocks = files.filter((file) => file.endsWith(".md")).flatMap((file) => readPage(file).blocks);
  const lines = blocks.flatMap(({ text }) => [...text.matchAll(/^(?:\$ )?aws (dynamodb [^|\n]*)/gm)]);
  expect(lines.length).toBeGreaterThan(10);
  for (const [, line = ""] of lines) {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = ""]) => quoted ?? word);
    expect(() => parseAws(words), line).not.toThrow();
  }
});

/** Runs the lines of a page in a shell of their own, in which platform-api, aws and systemctl are functions of these tests. */
async function follow(name: string, page: Page): Promise<void> {
  const home = join(folder, name);
  mkdirSync(home);
  const since = stack.log.length;
  const setting = (await SETTINGS[name]?.({ stack, dns, home })) ?? {};
  const { here, env, fails, files, after, systemctl, close } = setting;
  writeFileSync(join(home, "platform-api.log"), stack.log.slice(since).join(""));
  const paths = Object.entries(files ?? {}).map(([file, text]) => {
    writeFileSync(join(home, file), text);
    return [file, join(home, file)] as const;
  });
  const names = Object.entries({
    "http://127.0.0.1:4000": stack.url,
    ...here,
    ...Object.fromEntries(paths),
  });
  const toHere = (text: string) =>
    names.reduce((mapped, [there, its]) => mapped.replaceAll(there, its), text);
  const programs = await startPrograms(join(home, "programs"), {
    "platform-api": ({ args, ...call }) => {
      const made = args.map((word) => (existsSync(join(home, word)) ? join(home, word) : word));
      return platformApi({ ...call, args: made }, after);
    },
    aws,
    systemctl: async ({ args }) => {
      return systemctl === undefined ? { status: 1, out: "" } : { status: 0, out: await systemctl(args) };
    },
  });
  const shell = openShell({
    folder: home,
    env: { ...process.env, ...env, PATH: programs.path },
    here: (lines) =>
      toHere(lines)
        .replaceAll(/--until \S+/g, `--until ${daysFromNow(1)}`)
        .replaceAll(/--since \S+/g, `--since ${daysFromNow(-1)}`)
        .replaceAll(/^platform-api .*$/gm, (line) => (fails?.test(line) ? `${line} || [ $? = 1 ]` : line)),
  });
  try {
    let typed = "";
    for (const { language, text } of page.blocks) {
      if (language === "sh" && !UPGRADE.includes(text)) typed += await shell.run(text);
      if (language === "text") expectAmong(typed, toHere(text));
      if (language !== "console") continue;
      for (const { command, shown } of pageOf(`\`\`\`console\n${text}\`\`\``).prompts)
        expectPrinted(await shell.run(command), toHere(shown));
    }
  } finally {
    await shell.close().finally(programs.close);
    await close?.();
  }
}

function daysFromNow(days: number): string {
  return new Date(Date.now() + days * 24 * 3_600_000).toISOString();
}

/** On a terminal, on which somebody answers every question with yes. */
async function platformApi({ args, input, table }: Call, after: Setting["after"]): Promise<Called> {
  const written = { out: "", err: "", both: "" };
  const write = (to: "out" | "err") => (text: string) => {
    written[to] += text;
    written.both += text;
  };
  const status = await runCli(args, {
    env: { ...stack.environment, ...(table !== "" && { DYNAMODB_TABLE: table }) },
    out: write("out"),
    err: write("err"),
    readInput: async () => input,
    ask: async (question) => {
      write("err")(`${question}yes\n`);
      return "yes";
    },
    operator: "tests",
    onStop: () => {},
  });
  await after?.(args.join(" "), written.out);
  return { status, ...written };
}

/** What the embedded store does not offer, as DynamoDB answers it. */
const ANSWERS: Readonly<Record<string, object>> = {
  UpdateTable: { TableDescription: { TableStatus: "UPDATING" } },
  CreateBackup: {
    BackupDetails: { BackupArn: "arn:aws:dynamodb:eu-central-1:111122223333:table/platform-api/backup/01" },
  },
  RestoreTableToPointInTime: { TableDescription: { TableStatus: "CREATING" } },
};

/** The AWS CLI, which is not installed: its line is read against the SDK's description of the operation, and sent to the embedded store. */
async function aws({ args }: Call): Promise<Called> {
  const request = parseAws(args);
  const { operation, input, waits } = request;
  const { endpoint } = stack.dynamodb;
  if (operation === "RestoreTableToPointInTime")
    await restoreInto(endpoint, { from: String(input.SourceTableName), to: String(input.TargetTableName) });
  const answer = ANSWERS[operation];
  const body = answer === undefined ? await sendAws(endpoint, request) : JSON.stringify(answer);
  return { status: 0, out: waits || body === "{}" ? "" : `${body}\n` };
}

for (const [name, page] of PAGES) {
  const needed = ["jq", "curl", ...(name === "stored-subjects.md" ? (["postgres"] as const) : [])] as const;
  describeWith(needed, `the lines of docs/runbook/${name}`, () => {
    it("do what the page says, and print what it shows", () => follow(name, page));
  });
}
