import { readFileSync } from "node:fs";
import { REASONS } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { SERVER_VARIABLES } from "./config.ts";

const page = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

it("docs/configuration.md names every variable, and no other", () => {
  const named = [...page("configuration.md").matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+|HOST|PORT)`/g)].map(
    ([, name]) => name,
  );
  expect([...new Set(named)].filter((name) => name !== "CLAIM_NAMESPACE").sort()).toEqual(
    [...SERVER_VARIABLES].sort(),
  );
});

it("docs/reasons.md has a section for every reason, and for the one word that the SDK's guards add", () => {
  const headings = [...page("reasons.md").matchAll(/^## ([A-Z0-9_]+)$/gm)].map(([, name]) => name);
  expect(headings).toEqual([...REASONS, "PLATFORM_UNAVAILABLE"]);
});
