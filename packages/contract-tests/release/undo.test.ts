import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Repository } from "./repository.ts";
import { expectRestored, NEXT, RELEASE, RESTORED, withRepository } from "./short-repository.ts";
import { shortenSteps } from "./short-steps.ts";

vi.setConfig({ testTimeout: 120_000 });

let repository: Repository;
let ready: string;

withRepository((copy, commit) => {
  repository = copy;
  ready = commit;
});

const inGit = (name: string) => join(repository.folder, ".git", name);
const signal = (name: NodeJS.Signals) => (release: ChildProcess) => release.kill(name);
/** What a terminal does: the signal reaches the release and each process that it has started. */
function pressCtrlC({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGINT");
}

it.each<[string, (release: ChildProcess) => void, string]>([
  ["SIGTERM", signal("SIGTERM"), "Interrupted by SIGTERM."],
  ["SIGHUP", signal("SIGHUP"), "Interrupted by SIGHUP."],
  ["Ctrl+C", pressCtrlC, "Interrupted by SIGINT."],
  ["a closed output", ({ stdout }) => stdout?.destroy(), "Interrupted because the output was closed."],
])("restores all files after %s", async (_, interrupt, message) => {
  shortenSteps(repository, { build: "sleep 3" });
  const run = () => repository.interruptedRelease(RELEASE, "build … ", interrupt);
  await expectRestored(repository, run, message);
});

it("restores all files although Ctrl+C is pressed again meanwhile", async () => {
  shortenSteps(repository, { build: "sleep 30" });
  const filter = `touch .git/restoring; until [ -e .git/interrupted ]; do sleep 0.1; done; cat`;
  repository.git("config", "filter.slow.smudge", filter);
  writeFileSync(inGit("info/attributes"), "CHANGELOG.md filter=slow\n");
  await expectRestored(repository, async () => {
    let pressedAgain = Promise.resolve();
    const outcome = await repository.interruptedRelease(RELEASE, "build … ", (release) => {
      pressCtrlC(release);
      pressedAgain = expect
        .poll(() => existsSync(inGit("restoring")), { timeout: 60_000 })
        .toBe(true)
        .then(() => pressCtrlC(release))
        .finally(() => writeFileSync(inGit("interrupted"), ""));
    });
    await pressedAgain;
    rmSync(inGit("info/attributes"));
    return outcome;
  });
});

it.each([
  ["the commit", "post-commit", 'rm "$0"; kill $PPID'],
  [
    "the tag",
    "reference-transaction",
    'if [ "$1" = committed ] && grep -q refs/tags/; then rm "$0"; kill $PPID; fi',
  ],
])("takes %s back although git ended before it said that it was made", async (_, hook, script) => {
  shortenSteps(repository);
  mkdirSync(inGit("hooks"), { recursive: true });
  writeFileSync(inGit(`hooks/${hook}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await expectRestored(repository, () => repository.release(RELEASE));
  expect(existsSync(inGit(`hooks/${hook}`))).toBe(false);
});

describe("what others did during the build stays:", () => {
  const subjects = () => repository.git("log", "--format=%s", `${ready}..`).split("\n");
  const release = async (build: string) => {
    shortenSteps(repository, { build });
    return repository.release(RELEASE);
  };

  it("a tag of the same name", async () => {
    const { err } = await release(`git tag v${NEXT}`);
    expect(err).toContain(`tag 'v${NEXT}' already exists`);
    expect(repository.git("rev-parse", `v${NEXT}`)).toBe(repository.git("rev-parse", "HEAD"));
    expect([subjects(), repository.git("status", "--porcelain")]).toEqual([["test: shorten the steps"], ""]);
  });

  it.each([
    ["a commit, before a build that fails", "git commit --quiet --allow-empty --message theirs; exit 1"],
    ["a commit that took the new versions along", "git commit --quiet --all --message theirs; exit 1"],
    [
      "a commit below that of the release",
      "echo >> LICENSE; git commit --quiet --allow-empty --message theirs",
    ],
  ])("%s", async (_, build) => {
    const { err, exitCode } = await release(build);
    expect(exitCode).toBe(1);
    expect(err).toContain("HEAD was moved during the release, but not by it, and stays.");
    expect(err).toContain("git log --oneline ");
    expect(err).not.toMatch(RESTORED);
    expect(subjects()).toEqual(["theirs", "test: shorten the steps"]);
    expect(repository.git("status", "--porcelain", "--", ":!LICENSE")).toBe("");
  });
});
