import { expect, it } from "vitest";
import { contentProblems } from "./package-content.ts";

const MANIFEST = {
  name: "@platform-api/client",
  version: "0.2.0",
  exports: {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./package.json": "./package.json",
  },
  dependencies: { zod: "^4.6.7" },
};
const FILES = ["LICENSE", "README.md", "package.json", "dist/index.d.ts", "dist/index.js", "dist/chunk.js"];

it.each([
  ["a whole package", MANIFEST, FILES, []],
  ["another version", { ...MANIFEST, version: "0.1.0" }, FILES, ["its version is 0.1.0"]],
  ["a private package", { ...MANIFEST, private: true }, FILES, ["it is private"]],
  ["no license", MANIFEST, FILES.slice(1), ["LICENSE is missing"]],
  [
    "a missing entry",
    MANIFEST,
    FILES.filter((file) => file !== "dist/index.js"),
    ["dist/index.js is missing"],
  ],
  ["sources", MANIFEST, [...FILES, "src/index.ts"], ["src/index.ts does not belong in it"]],
  ["entries in the sources", { ...MANIFEST, exports: "./src/index.ts" }, FILES, ["src/index.ts is missing"]],
  [
    "a dependency of the workspace",
    { ...MANIFEST, dependencies: { a: "workspace:*" } },
    FILES,
    ["its dependency a is workspace:*"],
  ],
])("judges %s", (_, manifest, files, problems) => {
  expect(contentProblems(manifest, files, "0.2.0")).toEqual(problems);
});
