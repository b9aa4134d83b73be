import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { copyRepository, type Outcome, type Repository } from "./repository.ts";

export const NEXT = "1000.0.0";
export const RELEASE = [NEXT, "--without-images"];
export const RESTORED = /^Restored \d+ files\. The branch and the tags are as before\.$/m;

/** Expects a release that fails with this message, and leaves nothing behind. */
export async function expectRestored(
  repository: Repository,
  run: () => Promise<Outcome>,
  message = "",
): Promise<void> {
  const before = repository.state();
  const { exitCode, err } = await run();
  expect(err).toContain(message);
  expect(exitCode).toBe(1);
  expect(err).toMatch(RESTORED);
  expect(repository.state()).toBe(before);
  expect(existsSync(join(repository.folder, `dist/v${NEXT}`))).toBe(false);
}

/** Copies the repository with an entry in its changelog, once for a file of tests, and brings it back before each test. */
export function withRepository(use: (repository: Repository, ready: string) => void): void {
  let repository: Repository | undefined;
  let ready = "";
  beforeAll(async () => {
    repository = await copyRepository();
    repository.edit("CHANGELOG.md", (text) => text.replace(/^## \[?Unreleased\]?$/m, "$&\n\n- An entry."));
    repository.commitAll("test: an entry");
    ready = repository.git("rev-parse", "HEAD");
    use(repository, ready);
  }, 120_000);
  beforeEach(() => {
    repository?.reset(ready);
  });
  afterAll(() => {
    if (repository !== undefined) rmSync(repository.folder, { recursive: true });
  });
}
