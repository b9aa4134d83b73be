import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Commands, commandsIn } from "./command.ts";
import { IMAGES, imageBuild, imagesLater } from "./images.ts";
import { PACKAGES, pack, publishArguments, type Tarball } from "./packages.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./progress.ts";

export interface Release {
  readonly root: string;
  readonly plan: Plan;
  readonly commands: Commands;
  readonly step: Step;
}

/** Where the tarballs and the SBOM are written, relative to the root. */
export const outputOf = ({ tag }: Plan): string => join("dist", tag);

/**
 * Makes the commit and the tag of a release, and what is to be published. If a step fails, the working tree, the branch
 * and the tags are as before.
 */
export async function makeRelease(release: Release): Promise<readonly Tarball[]> {
  const { root, plan, commands, step } = release;
  const { run, pnpm } = commands;
  const output = join(root, outputOf(plan));
  await step("lint", () => pnpm("lint"));
  await step("type-check", () => pnpm("typecheck"));
  const start = (await run("git", "rev-parse", "HEAD")).trim();
  try {
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output, { recursive: true });
    for (const [file, text] of plan.edits) writeFileSync(join(root, file), text);
    await step("lockfile", () => pnpm("install", "--frozen-lockfile", "--lockfile-only"));
    await step("build", () => pnpm("build"));
    await step("SBOM", async () => writeFileSync(join(output, "sbom.cdx.json"), await sbom(commands)));
    const tarballs: Tarball[] = [];
    for (const one of PACKAGES)
      tarballs.push(await step(`pack ${one.folder}`, () => pack(commands, one, output, plan.version)));
    await buildImages(release);
    await step("commit", () =>
      run("git", "commit", "--quiet", ...messageOf(plan), "--", ...plan.edits.keys()),
    );
    // After the commit, because pnpm publishes only from a clean tree.
    for (const { file } of tarballs)
      await step(`dry run of publishing ${relative(output, file)}`, () =>
        pnpm(...publishArguments(file, plan), "--dry-run"),
      );
    await step(`tag ${plan.tag}`, () => run("git", "tag", ...tagArguments(plan)));
    return tarballs;
  } catch (error) {
    rmSync(output, { recursive: true, force: true });
    await undo(release, start, error);
    throw error;
  }
}

async function sbom({ pnpm }: Commands): Promise<string> {
  const text = await pnpm("sbom", "--sbom-format", "cyclonedx", "--lockfile-only", "--prod");
  const { components }: { components?: readonly unknown[] } = JSON.parse(text);
  if (components === undefined || components.length === 0) throw new Error("The SBOM lists no components.");
  return text;
}

async function buildImages({ plan, commands, step }: Release): Promise<void> {
  const { imageTool, version } = plan;
  if (imageTool === null) return;
  for (const image of IMAGES)
    await step(`image ${image}`, () =>
      commands.run(imageTool, ...imageBuild(imageTool, image, version)),
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${imagesLater(imageTool, plan)}`, { cause: error });
    });
}

const subjectOf = ({ version }: Plan): string => `chore(release): ${version}`;

function messageOf(plan: Plan): string[] {
  const why = "Sets the version everywhere and dates its section of the changelog.";
  return ["--message", subjectOf(plan), "--message", why];
}

/** The headings of the notes start with `#`, which git would take for comments. */
function tagArguments({ tag, notes }: Plan): string[] {
  return ["--annotate", tag, "--cleanup=whitespace", "--message", tag, "--message", notes];
}

async function undo({ root, plan }: Release, start: string, error: unknown): Promise<void> {
  try {
    process.stderr.write(`${await takeBack(root, plan, start)}\n`);
  } catch (undoError) {
    const help = `The files could not be restored. Run: git restore --staged --worktree .\nThen see: git log --oneline ${start}..HEAD`;
    throw new AggregateError([error, undoError], [error, undoError, help].join("\n"));
  }
}

/**
 * Takes back the commit, its tag and the edits, as far as the release made them. An interrupted git may have made the
 * commit or the tag before it ended. No signal interrupts this. @returns what it did
 */
async function takeBack(root: string, plan: Plan, start: string): Promise<string> {
  const { run } = commandsIn(root);
  const git = async (...args: string[]) => (await run("git", ...args)).trim();
  const head = () => git("rev-parse", "HEAD");
  if ((await head()) !== start && (await git("log", "-1", "--format=%s")) === subjectOf(plan)) {
    const tag = await git("tag", "--list", plan.tag, "--points-at", "HEAD");
    if (tag !== "") await git("tag", "--delete", tag);
    await git("reset", "--quiet", "--soft", "HEAD~1");
  }
  await git("restore", "--staged", "--worktree", "--", ...plan.edits.keys());
  return (await head()) === start
    ? `Restored ${plan.edits.size} files. The branch and the tags are as before.`
    : `HEAD was moved during the release, but not by it, and stays. ${plan.edits.size} files are as in HEAD. See: git log --oneline ${start}..HEAD`;
}
