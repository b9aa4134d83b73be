import { expect, it } from "vitest";
import { replaceVersion } from "./version-quotes.ts";

const replaced = (file: string, text: string) => replaceVersion(new Map([[file, text]]), "0.1.0", "0.2.0");

it.each([
  ["package.json", '{\n  "version": "0.1.0",', '{\n  "version": "0.2.0",'],
  ["packages/client/package.json", '{\n  "version": "0.1.0"', '{\n  "version": "0.2.0"'],
  ["packages/server/src/version.ts", 'export const VERSION = "0.1.0";', 'export const VERSION = "0.2.0";'],
  ["docs/a.md", "install ./platform-api-client-0.1.0.tgz b", "install ./platform-api-client-0.2.0.tgz b"],
  ["README.md", "platform-api-clj-client-0.1.0.tgz", "platform-api-clj-client-0.2.0.tgz"],
  ["compose.yaml", "image: registry/agentic-backend:0.1.0", "image: registry/agentic-backend:0.2.0"],
  ["deploy/kubernetes/kustomization.yaml", 'newTag: "0.1.0"', 'newTag: "0.2.0"'],
  ["Dockerfile", "ARG VERSION=0.1.0", "ARG VERSION=0.2.0"],
  [
    "Dockerfile",
    'LABEL org.opencontainers.image.version="0.1.0"',
    'LABEL org.opencontainers.image.version="0.2.0"',
  ],
])("replaces the version in %s: %s", (file, text, expected) => {
  const { edits, unknown } = replaced(file, `${text}\n${text}\n`);
  expect({ edits: [...edits], unknown }).toEqual({
    edits: [[file, `${expected}\n${expected}\n`]],
    unknown: [],
  });
});

it.each([
  ["CHANGELOG.md", "## [0.1.0] - 2026-01-02"],
  ["pnpm-lock.yaml", "openapi-typescript-helpers@0.1.0"],
  ["docs/decisions/0001.md", "platform-api-client-0.1.0.tgz"],
  ["packages/a.test.ts", 'export const VERSION = "0.1.0";'],
  ["docs/a.md", "10.1.0, 0.1.01, 0.1.0.1 and 0.1.0-rc.1"],
])("leaves %s alone: %s", (file, text) => {
  expect(replaced(file, text)).toEqual({ edits: new Map(), unknown: [] });
});

it.each([
  ["package.json", '{\n  "dependencies": {\n    "other": "0.1.0"', "package.json:3"],
  ["docs/a.md", "\nsince 0.1.0", "docs/a.md:2"],
])("names a line of %s that it does not know: %s", (file, text, place) => {
  expect(replaced(file, text)).toEqual({ edits: new Map(), unknown: [place] });
});
