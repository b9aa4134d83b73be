import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { copyRepository, type Repository } from "./repository.ts";

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
