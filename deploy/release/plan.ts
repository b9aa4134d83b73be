import { type ApiChange, compareApi, type Declarations, neededBump } from "./api-change.ts";
import { releaseChangelog, unreleasedNotes } from "./changelog.ts";
import { bumpBetween, compareVersions, isAtLeast, parseVersion, type Version } from "./semver.ts";
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

/** The plan of a release, or why there cannot be one, each with what to do. */
export function planRelease(
  state: RepositoryState,
  request: Request,
): Plan | { readonly problems: readonly string[] } {
  const { version, date } = request;
  const parsed = parseVersion(version);
  if (parsed === null) {
    const how = `Write three numbers up to ${Number.MAX_SAFE_INTEGER}, such as 0.2.0 or 1.0.0-rc.1.`;
    return { problems: [`"${version}" is not a version. ${how}`] };
  }
  const problems = [
    ...treeProblems(state, parsed),
    ...versionProblems(state, version, parsed),
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
    isPrerelease: parsed.prerelease.length > 0,
    notes: unreleasedNotes(state.changelog) ?? "",
    edits: new Map([...edits, [CHANGELOG, releaseChangelog(state.changelog, version, date)]]),
    unknownQuotes: unknown,
    imageTool: request.withImages ? state.imageTool : null,
  };
}

function treeProblems(
  { branch, changedFiles, isShallow }: RepositoryState,
  { major, minor }: Version,
): string[] {
  const hotfix = `hotfix/${major}.${minor}`;
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

function versionProblems(state: RepositoryState, version: string, parsed: Version): string[] {
  const found: string[] = [];
  if (state.tags.includes(`v${version}`))
    found.push(`The tag v${version} exists. Choose a greater version; published versions never change.`);
  const present = new Set(state.versions.values());
  if (present.size > 1) {
    const each = [...state.versions].map(([file, value]) => `${file} ${value}`);
    return [...found, `The packages have different versions. Give them one: ${each.join(", ")}.`];
  }
  for (const text of present) {
    const current = parseVersion(text);
    if (current !== null && compareVersions(parsed, current) <= 0)
      found.push(`${version} is not greater than ${text}, the present version. Choose a greater one.`);
  }
  return [...found, ...apiProblems(state, version, parsed)];
}

function apiProblems(state: RepositoryState, version: string, parsed: Version): string[] {
  const last = parseVersion(state.lastRelease?.replace(/^v/, "") ?? "");
  if (last === null || compareVersions(parsed, last) <= 0) return [];
  const change = compareApi(state.apiOfLastRelease, state.api);
  const needed = neededBump(change, last);
  if (isAtLeast(bumpBetween(last, parsed), needed)) return [];
  const number = needed === "major" ? `${last.major + 1}.0.0` : `${last.major}.${last.minor + 1}.0`;
  return [
    `${describeChange(change)} since ${state.lastRelease}, so ${version} is too small. Release ${number} or a greater version.`,
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
