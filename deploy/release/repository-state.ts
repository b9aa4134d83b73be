import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Declarations } from "./api-change.ts";
import type { Commands } from "./command.ts";
import { CHANGELOG, type ImageTool, type RepositoryState } from "./plan.ts";

const MANIFESTS = ["package.json", "packages/*/package.json", "apps/*/package.json"];
const API = "packages/*/api/*.d.ts";
const IMAGE_TOOLS: readonly ImageTool[] = ["docker", "buildah"];

/** Reads what the release depends on. Changes nothing. */
export async function readRepositoryState(root: string, commands: Commands): Promise<RepositoryState> {
  const git = async (...args: string[]) => (await commands.run("git", ...args)).trimEnd();
  const filesOf = async (...patterns: string[]) =>
    names(await git("ls-files", "-z", "--", ...patterns.map((pattern) => `:(glob)${pattern}`)));
  const read = (file: string) => readFileSync(join(root, file), "utf8");

  const versions = new Map((await filesOf(...MANIFESTS)).map((file) => [file, versionIn(file, read(file))]));
  const lastRelease = await git("describe", "--tags", "--abbrev=0", "--match=v[0-9]*", "--exclude=*-*").catch(
    () => null,
  );
  return {
    branch: await git("branch", "--show-current"),
    changedFiles: names(await git("status", "--porcelain", "-z", "--no-renames")).map((line) =>
      line.slice(3),
    ),
    isShallow: (await git("rev-parse", "--is-shallow-repository")) === "true",
    tags: (await git("tag", "--list", "v*")).split("\n"),
    lastRelease,
    versions,
    changelog: read(CHANGELOG),
    quotingFiles: await quotingFiles(versions, git, read),
    apiOfLastRelease: lastRelease === null ? new Map() : await apiAt(lastRelease, git),
    api: new Map((await filesOf(API)).map((file) => [file, read(file)])),
    hasDockerfile: existsSync(join(root, "Dockerfile")),
    imageTool: await installedTool(commands),
  };
}

type Git = (...args: string[]) => Promise<string>;

async function quotingFiles(
  versions: ReadonlyMap<string, string>,
  git: Git,
  read: (file: string) => string,
): Promise<Map<string, string>> {
  const [version = ""] = versions.values();
  const found = await git("grep", "-l", "-z", "-I", "-F", "-e", version);
  return new Map(names(found).map((file) => [file, read(file)]));
}

async function apiAt(tag: string, git: Git): Promise<Declarations> {
  const files = names(await git("ls-tree", "-r", "-z", "--name-only", tag, "packages"));
  const api = new Map<string, string>();
  for (const file of files.filter((name) => /^packages\/[^/]+\/api\/[^/]+\.d\.ts$/.test(name)))
    api.set(file, await git("show", `${tag}:${file}`));
  return api;
}

/** The first program that works here: docker may be installed without a daemon that answers. */
async function installedTool({ run }: Commands): Promise<ImageTool | null> {
  for (const tool of IMAGE_TOOLS) {
    const works = await run(tool, "info").then(
      () => true,
      () => false,
    );
    if (works) return tool;
  }
  return null;
}

function versionIn(file: string, text: string): string {
  const { version }: { version?: unknown } = JSON.parse(text);
  if (typeof version !== "string")
    throw new Error(`${file} has no version. Give it the one of the root package.json.`);
  return version;
}

function names(output: string): string[] {
  return output.split("\0").filter((name) => name !== "");
}
