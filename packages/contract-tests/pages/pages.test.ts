import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SERVER_VARIABLES } from "@platform-api/platform-api";
import { REASONS } from "@platform-api/server/wire";
import { describe, expect, it } from "vitest";
import { anchorOf, fileText, ROOT, readPage } from "./page.ts";

const tracked = (...patterns: string[]) =>
  execFileSync("git", ["ls-files", ...patterns], { cwd: ROOT, encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((file) => existsSync(join(ROOT, file)));
const PAGES = tracked("*.md");

/** The links of a page into the repository: the file and the heading. */
function linksOf(page: string): { link: string; file: string; anchor: string }[] {
  const prose = readPage(page).text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const { pathname, hash } = new URL(link, `file://${ROOT}${page}`);
      const anchor = decodeURIComponent(hash.slice(1));
      return { link, file: decodeURIComponent(pathname).slice(ROOT.length), anchor };
    });
}

const anchors = (file: string) => readPage(file).headings.map(({ title }) => anchorOf(title));

it.each(PAGES)("%s links to files and headings that exist", (page) => {
  const broken = linksOf(page).filter(
    ({ file, anchor }) => !existsSync(join(ROOT, file)) || (anchor !== "" && !anchors(file).includes(anchor)),
  );
  expect(broken.map(({ link }) => link)).toEqual([]);
});

it("some page links each file that is shipped, and the folder for Kubernetes", () => {
  const linked = new Set(PAGES.flatMap(linksOf).map(({ file }) => file));
  const shipped = ["deploy/kubernetes", ...tracked("deploy", ":!deploy/release", ":!deploy/kubernetes")];
  expect(shipped.filter((file) => !linked.has(file))).toEqual([]);
});

/** All that a pattern's first group finds, each once. */
const found = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, each = ""]) => each))].sort();

/** Pages that name everything of a kind, and nothing else. */
const NAMED: Readonly<Record<string, [page: string, named: RegExp, existing: readonly string[]]>> = {
  "every variable": [
    "docs/configuration.md",
    /`((?!CLAIM_NAMESPACE)[A-Z][A-Z0-9]*_[A-Z0-9_]+|HOST|PORT)`/g,
    SERVER_VARIABLES,
  ],
  "every entry of the SDK": [
    "docs/sdk.md",
    /from "(@platform-api\/client[\w/-]*)"/g,
    Object.keys(JSON.parse(fileText("packages/client/package.json")).exports).map((entry) =>
      entry.replace(/^\./, "@platform-api/client"),
    ),
  ],
};

it.each(Object.entries(NAMED))("a page names %s", (_, [page, named, existing]) => {
  expect(found(fileText(page), named)).toEqual(existing.toSorted());
});

it("docs/reasons.md has a section for every reason, in their order, and one for what the SDK's guards add", () => {
  const sections = readPage("docs/reasons.md").headings.filter(({ title }) => /^[A-Z0-9_]+$/.test(title));
  expect(sections.map(({ title }) => title)).toEqual([...REASONS, "PLATFORM_UNAVAILABLE"]);
});

it.each(["docs/security.md", "docs/limits-and-cost.md", "SECURITY.md"])(
  "%s names only variables and reasons that exist",
  (page) => {
    const known: readonly string[] = [...REASONS, ...SERVER_VARIABLES];
    const named = found(fileText(page), /`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=\w+)?`/g);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  },
);

/** Pages whose code is that of files, by the name above each block. */
const FILES: readonly (readonly [
  page: string,
  language: RegExp,
  folder: string,
  names: readonly string[],
])[] = [
  ["docs/first-app-react.md", /^(?!sh$)/, "compatibility/apps/react", [".env", "src/App.tsx"]],
  [
    "docs/first-app-next.md",
    /^(?!sh$)/,
    "compatibility/apps/next",
    [".env", "auth0-client.ts", "proxy.ts", "app/api/me/route.ts", "app/page.tsx"],
  ],
  ["README.md", /^ts$/, "packages/contract-tests/readme", ["who-is.ts"]],
];

describe.each(FILES)("the code of %s", (path, language, folder, names) => {
  it("is that of files which tests run", () => {
    const blocks = readPage(path).blocks.filter((block) => language.test(block.language));
    expect(blocks.map(({ text }) => text)).toEqual(names.map((name) => fileText(join(folder, name))));
    for (const [index, { above }] of blocks.entries())
      if (above.startsWith("`")) expect(above).toContain(`\`${names[index]}\``);
  });
});
