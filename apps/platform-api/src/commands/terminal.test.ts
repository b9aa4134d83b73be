import { expect, it } from "vitest";
import { formatTable } from "./terminal.ts";

it("shows characters that move the cursor, colour the screen or reverse the line as their codes", () => {
  const table = formatTable(["SUBJECT", "SINCE"], [["waad|\u001b[2Jx\u202e", "2026"]]);
  expect(table).toBe(["SUBJECT                  SINCE", "waad|\\u{1b}[2Jx\\u{202e}  2026", ""].join("\n"));
});
