import semver from "semver";
import { type ApiChange, compareApi, type Declarations, neededBump } from "./api-change.ts";
import { releaseChangelog, unreleasedNotes } from "./changelog.ts";
import { replaceVersion } from "./version-quotes.ts";

export const CHANGELOG = "CHANGELOG.md";
const MAIN = "main";

export type ImageTool = "docker" | "buildah";

/** What the release depends on, as it is now. */
export interface RepositoryState {
  /** Empty if no branch is checked out. */
  readonly branch: string;
  /** Paths that are not as in the last commit. */
  readonly changedFiles: readonly string[];
  readonly isShallow: boolean;
  readonly tags: readonly string[];
  /** The tag of the last release before this commit, without pre-releases. */
  readonly lastRelease: string | null;
  /** The version of each manifest. */
  readonly versions: ReadonlyMap<string, string>;
  readonly changelog: string;
  /** The tracked files that contain the present version. */
  readonly quotingFiles: ReadonlyMap<string, string>;
  readonly apiOfLastRelease: Declarations;
  readonly api: Declarations;
  readonly hasDockerfile: boolean;
  readonly imageTool: ImageTool | null;
}

export interface Request {
  readonly version: string;
  readonly date: string;
  readonly withImages: boolean;
}

export interface Plan {
  readonly version: string;
  readonly tag: string;
  readonly branch: string;
  readonly isPrerelease: boolean;
  /** The version's section of the changelog. */
  readonly notes: string;
  /** The new text of each file that changes. */
  readonly edits: ReadonlyMap<string, string>;
  readonly unknownQuotes: readonly string[];
  /** Null if no images are built. */
  readonly imageTool: ImageTool | null;
}

/** Where the tarballs and the SBOM are written, relative to the root. */
export const outputOf = ({ tag }: Plan): string => `dist/${tag}`;

/** The plan of a release, or why there cannot be one, each with what to do. */
export function planRelease(
  state: RepositoryState,
  request: Request,
): Plan | { readonly problems: readonly string[] } {
  const { version, date } = request;
  // It accepts more than it returns: a leading "v", and build metadata, which registries drop.
  if (semver.valid(version) !== version)
    return { problems: [`"${version}" is not a version. Write three numbers, such as 0.2.0 or 1.0.0-rc.1.`] };
  const problems = [
    ...treeProblems(state, version),
    ...versionProblems(state, version),
    ...changelogProblems(state),
    ...(request.withImages ? imageProblems(state) : []),
  ];
  if (problems.length > 0) return { problems };
  const [from = ""] = state.versions.values();
  const { edits, unknown } = replaceVersion(state.quotingFiles, from, version);
  return {
    version,
    tag: `v${version}`,
    branch: state.branch,
    isPrerelease: semver.prerelease(version) !== null,
    notes: unreleasedNotes(state.changelog) ?? "",
    edits: new Map([...edits, [CHANGELOG, releaseChangelog(state.changelog, version, date)]]),
    unknownQuotes: unknown,
    imageTool: request.withImages ? state.imageTool : null,
  };
}

function treeProblems({ branch, changedFiles, isShallow }: RepositoryState, version: string): string[] {
  const hotfix = `hotfix/${semver.major(version)}.${semver.minor(version)}`;
  const found: string[] = [];
  if (changedFiles.length > 0)
    found.push(`The working tree has changes: ${someOf(changedFiles)}. Commit or stash them.`);
  if (branch !== MAIN && branch !== hotfix)
    found.push(
      `${branch === "" ? "No branch" : `The branch ${branch}`} is checked out. Run: git switch ${MAIN} (a fix of an older version is released from ${hotfix}).`,
    );
  if (isShallow) found.push("The clone lacks older commits and tags. Run: git fetch --unshallow --tags");
  return found;
}

function versionProblems(state: RepositoryState, version: string): string[] {
  const found: string[] = [];
  if (state.tags.includes(`v${version}`))
    found.push(`The tag v${version} exists. Choose a greater version; published versions never change.`);
  const present = new Set(state.versions.values());
  if (present.size > 1) {
    const each = [...state.versions].map(([file, value]) => `${file} ${value}`);
    return [...found, `The packages have different versions. Give them one: ${each.join(", ")}.`];
  }
  for (const current of present)
    if (semver.lte(version, current))
      found.push(`${version} is not greater than ${current}, the present version. Choose a greater one.`);
  return [...found, ...apiProblems(state, version)];
}

function apiProblems(state: RepositoryState, version: string): string[] {
  const last = semver.valid(state.lastRelease);
  if (last === null || semver.lte(version, last)) return [];
  const change = compareApi(state.apiOfLastRelease, state.api);
  const needed = semver.inc(last, neededBump(change, last));
  // Its first pre-release is enough.
  if (semver.gte(version, `${needed}-0`)) return [];
  return [
    `${describeChange(change)} since ${state.lastRelease}, so ${version} is too small. Release ${needed} or a greater version.`,
  ];
}

function describeChange({ lost, gained }: ApiChange): string {
  return lost.length > 0
    ? `The public types lost or changed ${someOf(lost)}`
    : `The public types gained ${someOf(gained)}`;
}

function changelogProblems({ changelog }: RepositoryState): string[] {
  const notes = unreleasedNotes(changelog);
  if (notes === null) return [`${CHANGELOG} has no section "## Unreleased". Add it, with what has changed.`];
  return notes === "" ? [`*Unreleased* in ${CHANGELOG} is empty. Write what has changed for users.`] : [];
}

function imageProblems({ hasDockerfile, imageTool }: RepositoryState): string[] {
  const later = "or release with --without-images and build them from the tag later";
  if (!hasDockerfile) return [`The images cannot be built: there is no Dockerfile. Add it, ${later}.`];
  return imageTool === null
    ? [`The images cannot be built: neither docker nor buildah is installed. Install one, ${later}.`]
    : [];
}

function someOf(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(", ");
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
