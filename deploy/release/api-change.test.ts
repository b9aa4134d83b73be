import { expect, it } from "vitest";
import { compareApi, neededBump } from "./api-change.ts";

const api = (text: string) => new Map([["client/api/index.d.ts", text]]);
const OPTIONS = "export interface Options {\n  readonly url: string;\n}";

it.each([
  ["nothing changes", OPTIONS, OPTIONS, [], []],
  ["a comment changes", `/** Old {\n * @see x */\n${OPTIONS}`, `/** New. */\n${OPTIONS}`, [], []],
  ["an internal import changes", `import { A } from "./a.js";\n${OPTIONS}`, OPTIONS, [], []],
  [
    "a member comes",
    OPTIONS,
    OPTIONS.replace("}", "  readonly retries?: number;\n}"),
    [],
    ["export interface Options › readonly retries?: number;"],
  ],
  [
    "a member moves to another type",
    `${OPTIONS}\ninterface Other {\n}`,
    `export interface Options {\n}\ninterface Other {\n  readonly url: string;\n}`,
    ["export interface Options › readonly url: string;"],
    ["interface Other › readonly url: string;"],
  ],
  [
    "a type changes",
    OPTIONS,
    OPTIONS.replace("string", "URL"),
    ["export interface Options › readonly url: string;"],
    ["export interface Options › readonly url: URL;"],
  ],
  ["a name is exported as well", "export { type A, b };", "export { type A, b, c };", [], ["export c"]],
  ["a name is no longer exported", "export { type A, b };", "export { b };", ["export type A"], []],
  [
    "a reason comes",
    'declare const REASONS: readonly ["A", "B"];',
    'declare const REASONS: readonly ["A", "NEW", "B"];',
    [],
    ['declare const REASONS: "NEW"'],
  ],
  [
    "a reason goes",
    'declare const REASONS: readonly ["A", "B"];',
    'declare const REASONS: readonly ["A"];',
    ['declare const REASONS: "B"'],
    [],
  ],
])("finds what is lost and gained when %s", (_, before, after, lost, gained) => {
  const at = (line: string) => `client/api/index.d.ts › ${line}`;
  expect(compareApi(api(before), api(after))).toEqual({ lost: lost.map(at), gained: gained.map(at) });
});

it("loses all that a removed file declared", () => {
  expect(compareApi(api(OPTIONS), new Map()).lost).toHaveLength(2);
});

it.each([
  ["0.4.2", { lost: ["x"], gained: ["y"] }, "minor"],
  ["0.4.2", { lost: [], gained: ["y"] }, "minor"],
  ["0.4.2", { lost: [], gained: [] }, "patch"],
  ["1.4.2", { lost: ["x"], gained: ["y"] }, "major"],
  ["1.4.2", { lost: [], gained: ["y"] }, "minor"],
  ["1.4.2", { lost: [], gained: [] }, "patch"],
])("after version %s, %j needs the %s number", (last, change, bump) => {
  expect(neededBump(change, last)).toBe(bump);
});
