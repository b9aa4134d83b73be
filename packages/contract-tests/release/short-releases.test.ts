import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { runIn } from "../sdk-package/packed.ts";
import { onlyBuildah } from "./buildah.ts";
import type { Repository } from "./repository.ts";
import { expectRestored, NEXT, RELEASE, withRepository } from "./short-repository.ts";
import { shortenSteps } from "./short-steps.ts";

const TARGETS = ["platform-api", "agentic-backend", "frontend"];
vi.setConfig({ testTimeout: 120_000 });

let repository: Repository;

withRepository((copy) => {
  repository = copy;
});

const release = () => repository.release(RELEASE);
const file = (name: string) => join(repository.folder, name);

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
    expect(out).toContain("-1000.0.1.tgz --publish-branch hotfix/1000.0 --tag hotfix-1000.0\n");
  });
});

it("restores all files after a build that fails", async () => {
  shortenSteps(repository, { build: "echo a broken build >&2; exit 1" });
  await expectRestored(repository, release, "a broken build");
});

it("restores all files after packing a package without its entries", async () => {
  shortenSteps(repository);
  writeFileSync(file("fake-build.mjs"), "");
  repository.commitAll("test: nothing is built");
  for (const name of ["client", "clj-client"])
    rmSync(file(`packages/${name}/dist`), { recursive: true, force: true });
  await expectRestored(repository, release, "dist/index.js is missing");
});

it("restores all files after a commit that a hook refuses", async () => {
  shortenSteps(repository);
  const hook = file(".git/hooks/pre-commit");
  mkdirSync(file(".git/hooks"), { recursive: true });
  writeFileSync(hook, "#!/bin/sh\necho refused by the hook >&2\nexit 1\n");
  chmodSync(hook, 0o755);
  await expectRestored(repository, release, "refused by the hook").finally(() => rmSync(hook));
});

it("takes back the commit after a dry run of publishing that fails", async () => {
  shortenSteps(repository, { build: "echo >> LICENSE" });
  const before = repository.git("rev-parse", "HEAD");
  const { exitCode, out, err } = await release();
  expect(exitCode).toBe(1);
  expect(out).toMatch(/^commit … \d/m);
  expect(err).toContain("Unclean working tree");
  expect([repository.git("rev-parse", "HEAD"), repository.git("tag")]).toEqual([before, ""]);
  // What the build has changed is not the release's to take back.
  expect(repository.git("status", "--porcelain")).toBe(" M LICENSE");
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

  it("stops when a base image is unreachable, restores all files, and says how to go on", async () => {
    const { exitCode, err } = await withImages(TARGETS.map((target) => `FROM 127.0.0.1:9/none AS ${target}`));
    for (const text of [
      "127.0.0.1:9",
      "The images were not built.",
      "--without-images",
      `git switch --detach v${NEXT}`,
    ])
      expect(err).toContain(text);
    expect(exitCode).toBe(1);
    expect(err).toContain("Restored ");
    expect([repository.git("log", "-1", "--format=%s"), repository.git("status", "--porcelain")]).toEqual([
      "test: a Dockerfile",
      "",
    ]);
  });
});
