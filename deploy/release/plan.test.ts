import { expect, it } from "vitest";
import { planRelease, type RepositoryState } from "./plan.ts";

const OLD_API = new Map([["client/api/index.d.ts", "export declare function a(): void;"]]);
const MORE_API = new Map([
  ["client/api/index.d.ts", "export declare function a(): void;\nexport declare function b(): void;"],
]);
const READY: RepositoryState = {
  branch: "main",
  changedFiles: [],
  isShallow: false,
  tags: ["v0.1.0"],
  lastRelease: "v0.1.0",
  versions: new Map([
    ["package.json", "0.1.0"],
    ["packages/client/package.json", "0.1.0"],
  ]),
  changelog: "# Changelog\n\n## Unreleased\n\n- New.\n",
  quotingFiles: new Map([
    ["package.json", '{\n  "version": "0.1.0"\n}\n'],
    ["docs/a.md", "since 0.1.0"],
  ]),
  apiOfLastRelease: OLD_API,
  api: OLD_API,
  hasDockerfile: true,
  imageTool: "buildah",
};
const released = (last: string): Partial<RepositoryState> => ({
  lastRelease: `v${last}`,
  versions: new Map([["package.json", last]]),
});
const plan = (version: string, state: Partial<RepositoryState> = {}, withImages = true) =>
  planRelease({ ...READY, ...state }, { version, date: "2026-03-04", withImages });

it("plans each edit, the notes and the tag", () => {
  expect(plan("0.2.0")).toEqual({
    version: "0.2.0",
    tag: "v0.2.0",
    branch: "main",
    isPrerelease: false,
    notes: "- New.",
    edits: new Map([
      ["package.json", '{\n  "version": "0.2.0"\n}\n'],
      ["CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## [0.2.0] - 2026-03-04\n\n- New.\n"],
    ]),
    unknownQuotes: ["docs/a.md:1"],
    imageTool: "buildah",
  });
});

it.each<[string, string, Partial<RepositoryState>]>([
  ["a patch without a change of the types", "0.1.1", {}],
  ["new types in a minor version", "0.2.0", { api: MORE_API }],
  ["fewer types in a minor version before 1.0", "0.2.0", { apiOfLastRelease: MORE_API }],
  ["fewer types in a major version", "2.0.0", { ...released("1.4.0"), apiOfLastRelease: MORE_API }],
  ["a pre-release", "1.0.0-rc.1", {}],
  ["new types in a pre-release of the next minor version", "0.2.0-rc.1", { api: MORE_API }],
  [
    "the version after its pre-release",
    "0.2.0",
    { versions: new Map([["package.json", "0.2.0-rc.1"]]), api: MORE_API },
  ],
  ["the first release", "0.2.0", { lastRelease: null, tags: [], apiOfLastRelease: new Map() }],
  ["a hotfix of the branch's version", "0.1.1", { branch: "hotfix/0.1" }],
])("accepts %s", (_, version, state) => {
  expect(plan(version, state)).toMatchObject({ version });
});

it.each<[string, string, Partial<RepositoryState>, string]>([
  ["a text that is not a version", "v0.2.0", {}, '"v0.2.0" is not a version. Write three numbers'],
  ["build metadata", "0.2.0+5", {}, '"0.2.0+5" is not a version'],
  [
    "a number that is not exact",
    "99999999999999999999.0.0",
    {},
    '"99999999999999999999.0.0" is not a version. Write three numbers',
  ],
  ["the present version", "0.1.0", { tags: [] }, "0.1.0 is not greater than 0.1.0, the present version"],
  [
    "a pre-release of the present version",
    "0.1.0-rc.10",
    { tags: [] },
    "0.1.0-rc.10 is not greater than 0.1.0, the present version",
  ],
  ["an existing tag", "0.2.0", { tags: ["v0.2.0"] }, "The tag v0.2.0 exists"],
  [
    "a dirty tree",
    "0.2.0",
    { changedFiles: ["a.ts", "b.ts"] },
    "The working tree has changes: a.ts, b.ts. Commit or stash",
  ],
  ["another branch", "0.2.0", { branch: "topic" }, "The branch topic is checked out. Run: git switch main"],
  ["no branch", "0.2.0", { branch: "" }, "No branch is checked out. Run: git switch main"],
  ["a hotfix branch of another version", "0.2.0", { branch: "hotfix/0.1" }, "released from hotfix/0.2"],
  ["a shallow clone", "0.2.0", { isShallow: true }, "Run: git fetch --unshallow --tags"],
  ["an empty Unreleased", "0.2.0", { changelog: "## Unreleased\n" }, "*Unreleased* in CHANGELOG.md is empty"],
  ["no Unreleased", "0.2.0", { changelog: "" }, 'CHANGELOG.md has no section "## Unreleased"'],
  [
    "packages of different versions",
    "0.2.0",
    { versions: new Map([...READY.versions, ["apps/dev/package.json", "0.1.1"]]) },
    "package.json 0.1.0, packages/client/package.json 0.1.0, apps/dev/package.json 0.1.1",
  ],
  [
    "new types in a patch",
    "0.1.1",
    { api: MORE_API },
    "gained client/api/index.d.ts › export declare function b(): void; since v0.1.0, so 0.1.1 is too small. Release 0.2.0",
  ],
  [
    "fewer types in a patch before 1.0",
    "0.1.1",
    { apiOfLastRelease: MORE_API },
    "Release 0.2.0 or a greater version",
  ],
  [
    "fewer types in a minor version after 1.0",
    "1.5.0",
    { ...released("1.4.0"), apiOfLastRelease: MORE_API },
    "lost or changed client/api/index.d.ts › export declare function b(): void; since v1.4.0, so 1.5.0 is too small. Release 2.0.0",
  ],
  [
    "no Dockerfile",
    "0.2.0",
    { hasDockerfile: false },
    "there is no Dockerfile. Add it, or release with --without-images",
  ],
  ["no program for images", "0.2.0", { imageTool: null }, "neither docker nor buildah is installed"],
])("refuses %s", (_, version, state, problem) => {
  expect(plan(version, state)).toEqual({ problems: [expect.stringContaining(problem)] });
});

it("names all problems at once", () => {
  expect(plan("0.1.0", { changedFiles: ["a"], branch: "topic", changelog: "" })).toMatchObject({
    problems: { length: 5 },
  });
});

it("needs neither a Dockerfile nor a program without images", () => {
  expect(plan("0.2.0", { hasDockerfile: false, imageTool: null }, false)).toMatchObject({ imageTool: null });
});
