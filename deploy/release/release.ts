import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Commands, commandsIn } from "./command.ts";
import { IMAGES, imageBuild } from "./images.ts";
import { PACKAGES, pack, publishArguments, tarballsOf } from "./packages.ts";
import { outputOf, type Plan } from "./plan.ts";
import type { Step } from "./progress.ts";

/** Where the release is made, relative to the root. */
const WORKTREE = join("dist", "release");

/**
 * Makes the commit and the tag of a release, and what is to be published, in a worktree of its own. What is checked out
 * changes last, so that a release that ends before, however it does, leaves it as it was.
 */
export async function makeRelease(root: string, plan: Plan, step: Step): Promise<void> {
  const { run, pnpm } = commandsIn(root);
  const [worktree, output] = [join(root, WORKTREE), outputOf(plan)];
  await step("lint", () => pnpm("lint"));
  await step("type-check", () => pnpm("typecheck"));
  await renewWorktree(root, worktree);
  await makeIn(worktree, plan, step);
  await run("git", "merge", "--quiet", "--ff-only", plan.tag).catch(async (error: Error) => {
    await run("git", "tag", "--delete", plan.tag);
    throw error;
  });
  rmSync(join(root, output), { recursive: true, force: true });
  renameSync(join(worktree, output), join(root, output));
}

/** Leaves in the worktree only what the root's commit has, and what is installed, which takes long. */
async function renewWorktree(root: string, worktree: string): Promise<void> {
  const { run } = commandsIn(root);
  const head = (await run("git", "rev-parse", "HEAD")).trim();
  // Without this file, git would take the root for the worktree.
  if (!existsSync(join(worktree, ".git"))) {
    rmSync(worktree, { recursive: true, force: true });
    await run("git", "worktree", "add", "--force", "--quiet", "--detach", worktree);
  }
  await run("git", "-C", worktree, "checkout", "--quiet", "--force", "--detach", head);
  await run("git", "-C", worktree, "clean", "--quiet", "-ffdx", "--exclude=node_modules");
}

async function makeIn(worktree: string, plan: Plan, step: Step): Promise<void> {
  const commands = commandsIn(worktree);
  const { run, pnpm } = commands;
  const output = join(worktree, outputOf(plan));
  mkdirSync(output, { recursive: true });
  for (const [file, text] of plan.edits) writeFileSync(join(worktree, file), text);
  await step("install", () => pnpm("install", "--frozen-lockfile", "--prefer-offline"));
  await step("commit", () => run("git", "commit", "--quiet", "--all", ...messageOf(plan)));
  await step("build", () => pnpm("build"));
  await step("SBOM", async () => writeFileSync(join(output, "sbom.cdx.json"), await sbom(commands)));
  for (const one of PACKAGES)
    await step(`pack ${one.folder}`, () => pack(commands, one, output, plan.version));
  await buildImages(commands, plan, step);
  // pnpm would look at the branch as well, which the worktree does not have.
  const changes = await run("git", "status", "--porcelain");
  if (changes !== "") throw new Error(`The build changed tracked files:\n${changes}`);
  for (const tarball of tarballsOf(plan.version))
    await step(`dry run of publishing ${tarball}`, () =>
      pnpm(...publishArguments(join(output, tarball), plan), "--dry-run", "--no-git-checks"),
    );
  await step(`tag ${plan.tag}`, () => run("git", "tag", ...tagArguments(plan)));
}

async function sbom({ pnpm }: Commands): Promise<string> {
  const text = await pnpm("sbom", "--sbom-format", "cyclonedx", "--lockfile-only", "--prod");
  const { components }: { components?: readonly unknown[] } = JSON.parse(text);
  if (components === undefined || components.length === 0) throw new Error("The SBOM lists no components.");
  return text;
}

async function buildImages({ run }: Commands, { imageTool, version }: Plan, step: Step): Promise<void> {
  if (imageTool === null) return;
  for (const image of IMAGES)
    await step(`image ${image}`, () => run(imageTool, ...imageBuild(imageTool, image, version))).catch(
      (error: Error) => {
        const how = "To build the images elsewhere, run the same release with --without-images.";
        throw new Error(`${error.message}\n${how}`, { cause: error });
      },
    );
}

function messageOf({ version }: Plan): string[] {
  const why = "Sets the version everywhere and dates its section of the changelog.";
  return ["--message", `chore(release): ${version}`, "--message", why];
}

/** The headings of the notes start with `#`, which git would take for comments. */
function tagArguments({ tag, notes }: Plan): string[] {
  return ["--annotate", tag, "--cleanup=whitespace", "--message", tag, "--message", notes];
}
