import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { REASONS } from "@platform-api/server/wire";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sectionOf, tableRows } from "../markdown/tables.ts";
import { TITLES } from "../threats/titles.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, "utf8");
const PAGE = read("docs/security.md");
const CONFIG = read("apps/platform-api/src/config.ts");
const SOURCE = "packages/server/src/adapters/dynamodb/table/";

/** The rows of a section's tables, heads included. */
const rowsOf = (section: string) => tableRows(sectionOf(PAGE, `## ${section}`));

/** All that a pattern's first group finds, sorted. */
function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, each = ""]) => each).sort();
}

describe("docs/security.md", () => {
  it("claims each threat once, and only threats that the tests name", () => {
    const claimed = rowsOf("Promises").flatMap(([, threats = ""]) => found(threats, /\b(T\w\w)\b/g));
    expect(claimed.sort()).toEqual(Object.keys(TITLES).sort());
    const search = ["grep", "-hE", "\\bT[0-9][0-9A-Z]\\b", "--", "*.test.ts", "*-suite.ts"];
    const tests = execFileSync("git", search, { cwd: ROOT, encoding: "utf8" });
    const named = new Set(found(tests, /\b(T\d[0-9A-Z])\b/g));
    expect(claimed.filter((id) => !named.has(id))).toEqual([]);
  });

  it("says how each secret of the configuration is rotated", () => {
    const secrets = found(CONFIG, /^ {2}(\w+(?:_SECRET|_TOKEN|_PASSWORD|_KEY)|SMTP_URL):/gm);
    expect(secrets).toContain("CLJ_PG_WRAPPER_TOKEN");
    const variables = rowsOf("Secrets and their rotation").flatMap(([cell = ""]) =>
      found(cell, /^`(\w+)`$/g),
    );
    expect(variables.sort()).toEqual(secrets);
  });

  it("lists each type of item", () => {
    const types = ["item-types.ts", "organization-items.ts"].flatMap((file) =>
      found(read(`${SOURCE}${file}`), /^ {2}type: "([\w-]+)"/gm),
    );
    const listed = rowsOf("What is stored about people").flatMap(([cell = ""]) => found(cell, /`([\w-]+)`/g));
    expect(listed.sort()).toEqual(types.sort());
  });

  it("gives `serve` the operations that it sends, and no other", () => {
    const [, json = ""] = /```json\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const [statement] = JSON.parse(json).Statement;
    const [, operations = ""] = /const OPERATIONS = \{([\s\S]*?)\}/.exec(read(`${SOURCE}items.ts`)) ?? [];
    const sent = found(operations, /: "(\w+)"/g).filter((operation) => operation !== "Scan");
    expect(statement.Action.toSorted()).toEqual(sent.map((operation) => `dynamodb:${operation}`));
    const [, index] = /export const INDEX = "(\w+)"/.exec(read(`${SOURCE}keys.ts`)) ?? [];
    expect(statement.Resource[1]).toBe(`${statement.Resource[0]}/index/${index}`);
  });

  it("names the only package whose install script runs", () => {
    const { allowBuilds } = parse(read("pnpm-workspace.yaml"));
    expect(Object.keys(allowBuilds).filter((name) => allowBuilds[name])).toEqual(["node"]);
    expect(PAGE).toContain("No package runs a script when it is installed, except `node`");
  });
});

const PAGES = ["docs/security.md", "docs/limits-and-cost.md", "SECURITY.md"];

it.each(PAGES)("%s names only variables and reasons that exist", (page) => {
  const known = new Set([...REASONS, ...found(CONFIG, /^ {2}([A-Z][A-Z0-9_]+):/gm)]);
  const named = found(read(page), /`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=\w+)?`/g);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

it.each(PAGES)("%s links to files and headings that exist", (page) => {
  const links = found(read(page), /\]\(([^)\s]+)\)/g).filter((link) => !link.startsWith("https://"));
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) {
    const { pathname, hash } = new URL(link, `file://${ROOT}${page}`);
    const headings = found(readFileSync(pathname, "utf8"), /^#+ (.*)$/gm).map(anchorOf);
    if (hash !== "") expect(headings, link).toContain(hash.slice(1));
  }
});
