import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runIn } from "../sdk-package/packed.ts";
import { type Outcome, type Repository, shortRepository } from "./repository.ts";
import { shortenChecks } from "./short-steps.ts";

const ENTRY = "### client\n\n#### Fixed\n\n- An entry of the test.";
const MANIFESTS = ["package.json", "packages/client/package.json", "packages/clj-client/package.json"];
// An install and a build take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let repository: Repository;
let present: string;
/** The next minor version. */
let next: string;
/** The commit that every test begins with. */
let ready: string;

beforeAll(() => {
  repository = shortRepository();
  shortenChecks(repository);
  repository.edit("CHANGELOG.md", (text) => text.replace(/^## \[?Unreleased\]?$/m, `$&\n\n${ENTRY}`));
  repository.commitAll("test: an entry");
  ready = repository.git("rev-parse", "HEAD");
  present = versionAt("HEAD", "package.json");
  const [major = "", minor = ""] = present.split(".");
  next = `${major}.${Number(minor) + 1}.0`;
});
beforeEach(() => {
  repository.reset(ready);
});
afterAll(() => {
  if (repository !== undefined) rmSync(repository.folder, { recursive: true });
}, 120_000);

function versionAt(commit: string, file: string): string {
  return JSON.parse(repository.git("show", `${commit}:${file}`)).version;
}

describe("a release of the next minor version", () => {
  let outcome: Outcome;
  let again: Outcome;
  const tarballs = new Map<string, string[]>();
  beforeAll(async () => {
    repository.reset(ready);
    outcome = await repository.release([next, "--without-images"]);
    expect(outcome).toMatchObject({ exitCode: 0, err: "" });
    repository.git("branch", "--force", "released");
    repository.git("update-ref", "refs/kept/tag", `refs/tags/v${next}`);
    again = await repository.release([next, "--without-images"]);
    const output = join(repository.folder, "dist", `v${next}`);
    for (const file of readdirSync(output).filter((name) => name.endsWith(".tgz")))
      tarballs.set(file, (await runIn(output)("tar", "-tzf", file)).trim().split("\n"));
  }, 360_000);

  it("is one commit that sets the version of every package", () => {
    expect(repository.git("log", "--format=%s", `${ready}..released`)).toBe(`chore(release): ${next}`);
    const manifests = repository.git(
      "ls-files",
      "package.json",
      "packages/*/package.json",
      "apps/*/package.json",
    );
    expect(manifests.split("\n").length).toBeGreaterThan(5);
    for (const file of manifests.split("\n"))
      expect([file, versionAt("released", file)]).toEqual([file, next]);
  });

  it("replaces the version where the server and the pages quote it", () => {
    const diff = repository.git("diff", "--name-only", ready, "released").split("\n");
    for (const file of [
      "CHANGELOG.md",
      "packages/server/src/version.ts",
      "packages/client/README.md",
      "packages/clj-client/README.md",
      "docs/first-app-react.md",
      "docs/first-app-next.md",
    ])
      expect(diff).toContain(file);
    const pattern = "platform-api-(clj-)?client-[0-9]+[.][0-9]+[.][0-9]+";
    const quoted = repository.git("grep", "-hoE", pattern, "released", "--", "*.md", ":!docs/release.md");
    expect(new Set(quoted.split("\n"))).toEqual(
      new Set([`platform-api-client-${next}`, `platform-api-clj-client-${next}`]),
    );
  });

  it("dates the section of the changelog, and puts an empty one above it", () => {
    const changelog = repository.git("show", "released:CHANGELOG.md");
    expect(changelog).toMatch(
      new RegExp(
        `\n## Unreleased\n\n## \\[${next.replaceAll(".", "\\.")}\\] - \\d{4}-\\d\\d-\\d\\d\n\n${ENTRY}\n`,
      ),
    );
  });

  it("is tagged with its section of the changelog, headings included", () => {
    const message = repository.git("cat-file", "tag", "refs/kept/tag");
    expect(message).toContain(`tag v${next}\n`);
    const [, ...text] = message.split("\n\n");
    expect(text.join("\n\n")).toBe(`v${next}\n\n${ENTRY}`);
    expect(repository.git("rev-parse", "refs/kept/tag^{commit}")).toBe(
      repository.git("rev-parse", "released"),
    );
  });

  it("packs both packages with their build alone", () => {
    expect([...tarballs.keys()].sort()).toEqual([
      `platform-api-client-${next}.tgz`,
      `platform-api-clj-client-${next}.tgz`,
    ]);
    for (const [name, files] of tarballs) {
      expect(files).toContain("package/dist/index.js");
      expect(files).toContain("package/dist/index.d.ts");
      const beside = files.filter((file) => !file.startsWith("package/dist/"));
      expect([name, beside.sort()]).toEqual([
        name,
        ["package/LICENSE", "package/README.md", "package/package.json"],
      ]);
    }
  });

  it("writes an SBOM of the version with the dependencies of production", () => {
    const { metadata, components } = JSON.parse(repository.read(`dist/v${next}/sbom.cdx.json`));
    expect(metadata.component.version).toBe(next);
    const names = components.map(({ name }: { name: string }) => name);
    expect(names).toContain("fastify");
    expect(names).not.toContain("vitest");
  });

  it("shows each step with its seconds", () => {
    for (const step of [
      "lint",
      "type-check",
      "install",
      "commit",
      "build",
      "SBOM",
      "pack packages/client",
      `dry run of publishing platform-api-client-${next}.tgz`,
      `dry run of publishing platform-api-clj-client-${next}.tgz`,
    ])
      expect(outcome.out).toMatch(new RegExp(`^${step.replaceAll(".", "\\.")} … \\d+\\.\\d s$`, "m"));
  });

  it("says what remains, and that the tests are CI's job", () => {
    for (const line of [
      "Nothing was pushed or published. The tests are CI's job",
      "git push --follow-tags origin main",
      `npx -y pnpm@12 publish dist/v${next}/platform-api-client-${next}.tgz`,
      `npx -y pnpm@12 publish dist/v${next}/platform-api-clj-client-${next}.tgz`,
      "The images were not built.",
    ])
      expect(outcome.out).toContain(line);
  });

  it("cannot be made twice", () => {
    expect(again).toMatchObject({ exitCode: 1, out: "" });
    expect(again.err).toContain(`The tag v${next} exists.`);
    expect(again.err).toContain(`${next} is not greater than ${next}`);
    expect(again.err).toContain("*Unreleased* in CHANGELOG.md is empty.");
  });
});

describe("--plan", () => {
  it("prints each file, the notes and the steps, and changes nothing", async () => {
    const before = repository.state();
    const { exitCode, out } = await repository.release([next, "--plan", "--without-images"]);
    expect(exitCode).toBe(0);
    for (const text of [...MANIFESTS, "CHANGELOG.md", ENTRY, `tag v${next}`, "Nothing was changed."])
      expect(out).toContain(text);
    expect(repository.state()).toBe(before);
  });

  it("names lines that quote the version in a way that it does not know", async () => {
    writeFileSync(join(repository.folder, "docs/new.md"), `\nSince ${present}.\n`);
    repository.commitAll("test: a page");
    const { out } = await repository.release([next, "--plan", "--without-images"]);
    expect(out).toContain("docs/new.md:2");
  });
});

// Each problem is proven beside its rule, in deploy/release/plan.test.ts. A row for each reading of the repository.
describe("a release that is refused", () => {
  it.each<[string, () => void, () => string[], string]>([
    [
      "if the tree is dirty",
      () => writeFileSync(join(repository.folder, "new.txt"), ""),
      () => [next],
      "new.txt. Commit or stash them.",
    ],
    [
      "on another branch",
      () => repository.git("switch", "--quiet", "--create", "topic"),
      () => [next],
      "Run: git switch main",
    ],
    [
      "if the public types lost something since the last release",
      () => {
        repository.git("tag", `v${present}`);
        repository.edit("packages/client/api/index.d.ts", (text) =>
          text.replace(/^export declare function .*$/m, ""),
        );
        repository.commitAll("test: fewer types");
      },
      () => [present.replace(/\d+$/, (patch) => `${Number(patch) + 1}`)],
      "lost or changed packages/client/api/index.d.ts › export declare function",
    ],
  ])("changes nothing, and says what to do: %s", async (_, prepare, args, message) => {
    prepare();
    const before = repository.state();
    const { exitCode, err } = await repository.release([...args(), "--without-images"]);
    expect(err).toContain(message);
    expect(exitCode).toBe(1);
    expect(repository.state()).toBe(before);
  });

  it.each([[[]], [["1.0.0", "2.0.0"]], [["1.0.0", "--skip-checks"]]])(
    "prints the usage for the arguments %j",
    async (args) => {
      const { exitCode, err } = await repository.release(args);
      expect(exitCode).toBe(2);
      expect(err).toContain("Usage: ");
    },
  );
});
