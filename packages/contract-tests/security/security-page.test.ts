import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { TITLES } from "../threats/titles.ts";

const PAGE = readPage("docs/security.md");
const SOURCE = "packages/server/src/adapters/dynamodb/table/";

/** All that a pattern's first group finds, sorted. */
function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, each = ""]) => each).sort();
}

describe("docs/security.md", () => {
  it("claims each threat once, and only threats that the tests name", () => {
    const claimed = PAGE.section("Promises").rows.flatMap(([, threats = ""]) =>
      found(threats, /\b(T\w\w)\b/g),
    );
    expect(claimed.sort()).toEqual(Object.keys(TITLES).sort());
    const search = ["grep", "-hE", "\\bT[0-9][0-9A-Z]\\b", "--", "*.test.ts", "*-suite.ts"];
    const tests = execFileSync("git", search, { cwd: ROOT, encoding: "utf8" });
    const named = new Set(found(tests, /\b(T\d[0-9A-Z])\b/g));
    expect(claimed.filter((id) => !named.has(id))).toEqual([]);
  });

  it("says how each secret of the configuration is rotated", () => {
    const secrets = found(
      fileText("apps/platform-api/src/config/config.ts"),
      /^ {2}(\w+(?:_SECRET|_TOKEN|_PASSWORD|_KEY)|SMTP_URL):/gm,
    );
    expect(secrets).toContain("CLJ_PG_WRAPPER_TOKEN");
    const variables = PAGE.section("Secrets and their rotation").rows.flatMap(([cell = ""]) =>
      found(cell, /^`(\w+)`$/g),
    );
    expect(variables.sort()).toEqual(secrets);
  });

  it("lists each type of item", () => {
    const types = ["item-types.ts", "identity-items.ts", "member-items.ts", "organization-items.ts"].flatMap(
      (file) => found(fileText(`${SOURCE}${file}`), /^ {4}type: "([\w-]+)"/gm),
    );
    const listed = PAGE.section("What is stored about people").rows.flatMap(([cell = ""]) =>
      found(cell, /`([\w-]+)`/g),
    );
    expect(listed.sort()).toEqual(types.sort());
  });

  it("gives `serve` the operations that it sends, and no other", () => {
    const [json = ""] = PAGE.code("json");
    const [statement] = JSON.parse(json).Statement;
    const [, operations = ""] =
      /STORE_OPERATIONS = \{([\s\S]*?)\}/.exec(fileText(`${SOURCE}store-request.ts`)) ?? [];
    const named = found(operations, /: "(\w+)"/g);
    const sent = named.filter((operation) => operation !== "Scan" && operation !== "TransactWriteItems");
    sent.push("ConditionCheckItem", "DeleteItem"); // only inside transactions, whose puts are sent outside, too
    expect(statement.Action.toSorted()).toEqual(sent.toSorted().map((operation) => `dynamodb:${operation}`));
    expect(statement.Resource[1]).toBe(`${statement.Resource[0]}/index/*`);
  });

  it("names the only package whose install script runs", () => {
    const { allowBuilds } = parse(fileText("pnpm-workspace.yaml"));
    expect(Object.keys(allowBuilds).filter((name) => allowBuilds[name])).toEqual(["node"]);
    expect(PAGE.text).toContain("No package runs a script when it is installed, except `node`");
  });
});
