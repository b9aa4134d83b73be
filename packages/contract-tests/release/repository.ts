import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface Outcome {
  readonly exitCode: number | string;
  readonly out: string;
  readonly err: string;
}

/** A repository of its own with the files of this one. */
export interface Repository {
  readonly folder: string;
  git(...args: string[]): string;
  read(file: string): string;
  edit(file: string, change: (text: string) => string): void;
  commitAll(message: string): void;
  /** Everything that a release could change: files, branch, commits and tags. */
  state(): string;
  /** Everything as it was at the commit, without tags. */
  reset(commit: string): void;
  release(args: readonly string[], env?: Record<string, string>): Promise<Outcome>;
  /** Presses Ctrl+C, which reaches the release and each process that it has started, as soon as its output has the text. */
  interruptedRelease(args: readonly string[], text: string): Promise<Outcome>;
}

/** Copies the repository with what the release command itself imports, and nothing else installed. */
export function shortRepository(): Repository {
  const repository = copyRepository();
  mkdirSync(join(repository.folder, "node_modules"));
  const semver = join("node_modules", "semver");
  symlinkSync(join(ROOT, semver), join(repository.folder, semver));
  return repository;
}

/**
 * Copies what git tracks here, or would track. Not a clone: the history may be shallow, and its tags may be those of the
 * versions under test.
 */
function copyRepository(): Repository {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: ROOT });
  const isDeleted = new Set(`${deleted}`.split("\0"));
  for (const file of `${listed}`.split("\0").filter((name) => !isDeleted.has(name))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  const repository = repositoryIn(folder);
  repository.git("init", "--quiet", "--initial-branch=main");
  const config = {
    "user.name": "Test",
    "user.email": "test@example.com",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
  };
  for (const [key, value] of Object.entries(config)) repository.git("config", key, value);
  repository.commitAll("test: begin");
  return repository;
}

function repositoryIn(folder: string): Repository {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trimEnd();
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const main = [join(folder, "deploy/release/main.ts")];
  return {
    folder,
    git,
    read,
    edit: (file, change) => writeFileSync(join(folder, file), change(read(file))),
    commitAll: (message) => {
      git("add", "--all");
      git("commit", "--quiet", "--message", message);
    },
    state: () =>
      [git("status", "--porcelain", "--branch"), git("rev-parse", "HEAD"), git("tag"), git("diff")].join(
        "\n",
      ),
    reset: (commit) => {
      git("reset", "--quiet", "--hard");
      git("clean", "--quiet", "-d", "--force");
      git("switch", "--quiet", "--force-create", "main", commit);
      for (const tag of git("tag").split("\n")) if (tag !== "") git("tag", "--delete", tag);
    },
    release: async (args, env) => {
      const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
      const running = promisify(execFile)(process.execPath, [...main, ...args], options);
      return running.then(
        ({ stdout, stderr }) => ({ exitCode: 0, out: stdout, err: stderr }),
        ({ code, stdout, stderr }) => ({ exitCode: code, out: stdout, err: stderr }),
      );
    },
    interruptedRelease: (args, text) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [...main, ...args], { cwd: folder, detached: true });
        let out = "";
        child.stdout.setEncoding("utf8").on("data", (chunk) => {
          out += chunk;
          if (child.pid !== undefined && out.includes(text)) process.kill(-child.pid, "SIGINT");
        });
        child.once("error", reject);
        child.once("close", (code, signal) => resolve({ exitCode: code ?? `${signal}`, out, err: "" }));
      }),
  };
}
