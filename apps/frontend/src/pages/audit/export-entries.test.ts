import { expect, it } from "vitest";
import { entryOf } from "./entry-shape.fixture.ts";
import { exportEntries } from "./export-entries.ts";

it("an export has the entries as the server sends them, one a line", async () => {
  const entries = ["1", "2"].map((id) =>
    entryOf({ id, action: "domain-missing", actor: "system", domain: "acme.com" }),
  );
  const exported = await exportEntries({
    about: ["acme", "audit"],
    load: async () => ({ items: entries, nextCursor: null }),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  expect(exported.lines).toEqual(entries.map((entry) => `${JSON.stringify(entry)}\n`));
  expect(exported.toast.text).toBe(`Exported 2 entries to ${exported.name}`);
});
