import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { runIn } from "../sdk-package/packed.ts";
import { onlyBuildah } from "./buildah.ts";
import { type Outcome, type Repository, shortRepository } from "./repository.ts";
import { shortenSteps } from "./short-steps.ts";

const NEXT = "1000.0.0";
const RELEASE = [NEXT, "--without-images"];
const TARGETS = ["platform-api", "agentic-backend", "frontend"];
vi.setConfig({ testTimeout: 120_000 });

let repository: Repository;
let ready: string;
beforeAll(() => {
  repository = shortRepository();
  repository.edit("CHANGELOG.md", (text) => text.replace(/^## \[?Unreleased\]?$/m, "$&\n\n- An entry."));
  repository.commitAll("test: an entry");
  ready = repository.git("rev-parse", "HEAD");
});
beforeEach(() => {
  repository.reset(ready);
  rmSync(file(`dist/v${NEXT}`), { recursive: true, force: true });
});
afterAll(() => {
  if (repository !== undefined) rmSync(repository.folder, { recursive: true });
}, 120_000);

const release = () => repository.release(RELEASE);
const file = (name: string) => join(repository.folder, name);

/** Expects a release that fails with this message, and leaves nothing behind. */
async function expectUnchanged(run: () => Promise<Outcome>, message: string): Promise<void> {
  const before = repository.state();
  const { exitCode, err } = await run();
  expect(err).toContain(message);
  expect(exitCode).toBe(1);
  expect(err).toContain("The files, the branch and the tags are as before.");
  expect(repository.state()).toBe(before);
  expect(existsSync(file(`dist/v${NEXT}`))).toBe(false);
}

describe("docs/release.md", () => {
  const page = readPage("docs/release.md");
  const commandsOf = (section: string) =>
    page.section(section).commands.map((line) => line.replaceAll("v0.2.0", `v${NEXT}`));
  const run = (command: string) => runIn(repository.folder)("sh", "-c", command);

  it("undoes a release", async () => {
    shortenSteps(repository);
    const before = repository.state();
    expect(await release()).toMatchObject({ exitCode: 0, err: "" });
    const undo = commandsOf("Undo before pushing");
    expect(undo).toHaveLength(3);
    for (const command of undo) await run(command);
    expect(repository.state()).toBe(before);
    expect(existsSync(file(`dist/v${NEXT}`))).toBe(false);
  });

  it("releases a fix of an older version, which does not become the latest", async () => {
    shortenSteps(repository);
    await release();
    const [create = "", pick = "", install = "", last = ""] = commandsOf("Fix an older version");
    await run(create.replace("0.2", "1000.0"));
    repository.edit("CHANGELOG.md", (text) => text.replace("## Unreleased\n", "$&\n- A fix.\n"));
    repository.commitAll("fix: the fix");
    expect([pick, install, last]).toEqual([
      "git cherry-pick <commit of the fix>",
      "npx -y pnpm@12 install --frozen-lockfile",
      "npx -y pnpm@12 run release 0.2.1",
    ]);
    const { exitCode, out, err } = await repository.release(["1000.0.1", "--without-images"]);
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toContain("git push --follow-tags origin hotfix/1000.0\n");
    const publish =
      /^npx .* publish .*-1000\.0\.1\.tgz --publish-branch hotfix\/1000\.0 --tag hotfix-1000\.0$/gm;
    const commands = out.match(publish) ?? [];
    expect(commands).toHaveLength(2);
    for (const command of commands) await run(`${command} --dry-run`);
  });
});

it.each([
  ["a build that fails", "echo a broken build >&2; exit 1", "a broken build"],
  ["a build that changes a tracked file", "echo >> LICENSE", "The build changed tracked files:\n M LICENSE"],
])("changes nothing after %s", async (_, build, message) => {
  shortenSteps(repository, { build });
  await expectUnchanged(release, message);
});

it("changes nothing after packing a package without its entries", async () => {
  shortenSteps(repository);
  writeFileSync(file("fake-build.mjs"), "");
  repository.commitAll("test: nothing is built");
  await expectUnchanged(release, "dist/index.js");
});

it("leaves what others commit during the build, and a tag of theirs", async () => {
  const theirs = "git -C ../.. commit --quiet --allow-empty --message theirs";
  shortenSteps(repository, { build: theirs });
  const committed = await release();
  expect(committed.exitCode).toBe(1);
  expect([repository.git("log", "-1", "--format=%s"), repository.git("tag")]).toEqual(["theirs", ""]);
  repository.reset(ready);
  shortenSteps(repository, { build: `git tag v${NEXT}` });
  const tagged = await release();
  expect(tagged.err).toContain(`tag 'v${NEXT}' already exists`);
  expect(repository.git("log", "-1", "--format=%s")).toBe("test: shorten the steps");
  expect(repository.git("status", "--porcelain")).toBe("");
});

it("changes nothing when it is interrupted, and the next release is not in its way", async () => {
  shortenSteps(repository, { build: "[ -e ../../interrupted ] || { touch ../../interrupted; sleep 5; }" });
  writeFileSync(file(".git/info/exclude"), "/interrupted\n");
  const before = repository.state();
  const { exitCode } = await repository.interruptedRelease(RELEASE, "build … ");
  expect(exitCode).toBe("SIGINT");
  expect(repository.state()).toBe(before);
  expect(await release()).toMatchObject({ exitCode: 0, err: "" });
});

describeWith(["buildah", "root"], "with images", () => {
  let environment: Record<string, string>;
  beforeAll(() => {
    environment = onlyBuildah(file("dist/buildah"));
  });
  const withImages = (dockerfile: readonly string[]) => {
    shortenSteps(repository);
    writeFileSync(file("Dockerfile"), `${dockerfile.join("\n")}\n`);
    writeFileSync(file(".dockerignore"), "*\n!LICENSE\n");
    repository.commitAll("test: a Dockerfile");
    return repository.release([NEXT], environment);
  };

  it("builds each target, and says how to push the images", async () => {
    const stages = TARGETS.map((target) => `FROM scratch AS ${target}\nCOPY LICENSE /`);
    const { exitCode, out, err } = await withImages(stages);
    expect([exitCode, err]).toEqual([0, ""]);
    const format = "{{.Name}}:{{.Tag}}";
    const images = await runIn(repository.folder)(
      "env",
      ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      "buildah",
      "images",
      "--format",
      format,
    );
    expect(images.trim().split("\n").sort()).toEqual(
      TARGETS.map((target) => `localhost/${target}:${NEXT}`).sort(),
    );
    for (const target of TARGETS)
      expect(out).toContain(`buildah push ${target}:${NEXT} docker://<registry>/${target}:${NEXT}\n`);
  });

  it("stops when a base image is unreachable, changes nothing, and says how to go on", async () => {
    const { exitCode, err } = await withImages(TARGETS.map((target) => `FROM 127.0.0.1:9/none AS ${target}`));
    for (const text of ["127.0.0.1:9", "run the same release with --without-images"])
      expect(err).toContain(text);
    expect(exitCode).toBe(1);
    expect([repository.git("log", "-1", "--format=%s"), repository.git("status", "--porcelain")]).toEqual([
      "test: a Dockerfile",
      "",
    ]);
  });
});
