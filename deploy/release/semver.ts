export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The identifiers after the hyphen: `["rc", "1"]` for `1.0.0-rc.1`. */
  readonly prerelease: readonly string[];
}

/** From smallest to greatest. */
const BUMPS = ["patch", "minor", "major"] as const;
export type Bump = (typeof BUMPS)[number];

const NUMBER = "0|[1-9]\\d*";
const IDENTIFIER = `${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*`;
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-((?:${IDENTIFIER})(?:\\.(?:${IDENTIFIER}))*))?$`,
);

const isNumber = (identifier: string) => /^\d+$/.test(identifier);

/**
 * Null if the text is not a version of SemVer 2.0.0. Build metadata is not accepted, because registries drop it, and
 * greater numbers than `Number.MAX_SAFE_INTEGER` are not, because they are not exact.
 */
export function parseVersion(text: string): Version | null {
  const [, major, minor, patch, prerelease] = VERSION.exec(text) ?? [];
  if (major === undefined) return null;
  const identifiers = prerelease?.split(".") ?? [];
  const version = {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease: identifiers,
  };
  const numbers = [version.major, version.minor, version.patch, ...identifiers.filter(isNumber).map(Number)];
  return numbers.every(Number.isSafeInteger) ? version : null;
}

/** Negative if `a` comes before `b`: https://semver.org/#spec-item-11 */
export function compareVersions(a: Version, b: Version): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  return core === 0 ? comparePrereleases(a.prerelease, b.prerelease) : core;
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    if (left !== right) return compareIdentifiers(left, right);
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumberA, isNumberB] = [isNumber(a), isNumber(b)];
  if (isNumberA && isNumberB) return Number(a) - Number(b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Which number goes up from one version to a greater one. */
export function bumpBetween(from: Version, to: Version): Bump {
  if (from.major !== to.major) return "major";
  return from.minor === to.minor ? "patch" : "minor";
}

export function isAtLeast(bump: Bump, needed: Bump): boolean {
  return BUMPS.indexOf(bump) >= BUMPS.indexOf(needed);
}
