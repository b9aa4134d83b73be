import { expect, it } from "vitest";
import type { TestStep } from "./connection.ts";
import { ladderOf, sentence } from "./ladder.ts";

const pass = (rule: string, saw = "something seen"): TestStep => ({ rule, ok: true, saw, fix: "" });
const fail = (rule: string): TestStep => ({ rule, ok: false, saw: "what was seen", fix: "change it" });

const shown = (steps: readonly TestStep[]) =>
  ladderOf(steps).map(({ title, ok, saw }) => `${ok ? "+" : "-"} ${title}${saw && `: ${saw}`}`);

it.each<[string, TestStep[], string[]]>([
  ["nothing", [], []],
  [
    "technical rules as one rung",
    [pass("structure"), pass("issuer"), pass("signature"), pass("connection")],
    ["+ The sign-in is genuine and fresh: 3 checks passed", "+ The sign-in came through this connection"],
  ],
  [
    "a technical rule that failed on its own",
    [pass("structure"), fail("audience")],
    ["+ The sign-in is genuine and fresh: 1 check passed", "- The token is for Platform: What was seen."],
  ],
  [
    "what was seen where it says more than the title",
    [pass("address", "an e-mail address of acme.com"), pass("organization", "the person is owner")],
    [
      "+ The address belongs to your organization: An e-mail address of acme.com.",
      "+ The person is a member: The person is owner.",
    ],
  ],
  ["a rule that this version does not know", [pass("a new rule")], ["+ a new rule: Something seen."]],
])("ladderOf shows %s", (_, steps, rungs) => {
  expect(shown(steps)).toEqual(rungs);
});

it("says what a failed rule means and what to change, and nothing of that for one that passed", () => {
  const [passed, failed] = ladderOf([pass("connection"), fail("address")]);
  expect(passed).toMatchObject({ means: "", fix: "" });
  expect(failed).toMatchObject({ means: expect.stringContaining("has verified"), fix: "Change it." });
  expect(ladderOf([fail("a new rule")])[0]?.means).not.toBe("");
});

it.each([
  ["", ""],
  ["acme-okta", "acme-okta"],
  ["this organization's connection", "This organization’s connection."],
  ["Is it so?", "Is it so?"],
])("sentence(%j) is “%s”", (text, expected) => {
  expect(sentence(text)).toBe(expected);
});
