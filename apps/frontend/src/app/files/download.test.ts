import { expect, it } from "vitest";
import { fileName } from "./download.ts";

const NOW = new Date("2026-12-01T07:11:02.345Z");

it.each([
  [["acme", "members", ""], "acme-members-2026-12-01T07-11-02Z.csv"],
  [["a/c:me", "members", "../Zoë O’Hara"], "a-c-me-members-Zoë-O-Hara-2026-12-01T07-11-02Z.csv"],
  [["acme", "\u202egpj.exe"], "acme-gpj.exe-2026-12-01T07-11-02Z.csv"],
  [["x".repeat(99)], `${"x".repeat(60)}-2026-12-01T07-11-02Z.csv`],
])("names a file after what it is about and the time: %j", (parts, name) => {
  expect(fileName(parts, "csv", NOW)).toBe(name);
});
