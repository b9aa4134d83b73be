import { AuditIncomplete, auditEntry, Refusal } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { reportMissingEntries } from "./operator-audit.ts";
import { CommandFailure } from "./terminal.ts";

const ENTRY = auditEntry({
  at: "2026-11-25T12:00:00.000Z",
  actor: "operator:jo",
  action: "identity-unlinked",
});

it.each([
  [new Refusal("STORE_UNAVAILABLE", "audit-entry: storing"), "audit-entry: storing"],
  [new Error("a secret"), "unknown"],
])("fails with what was done, why the audit entry is missing, and the entry: %s", async (cause, why) => {
  const incomplete = Promise.reject(new AuditIncomplete([ENTRY], { cause }));
  const reported = incomplete.catch(reportMissingEntries(([entry]) => `Done: ${entry?.action}.`));
  await expect(reported).rejects.toThrow(CommandFailure);
  await expect(reported).rejects.toThrow(
    `Done: identity-unlinked. But writing the audit entry failed (${why}). Missing entries:\n  ${JSON.stringify(ENTRY)}`,
  );
});

it("leaves every other error as it is", () => {
  const outage = new Refusal("STORE_UNAVAILABLE", "link: reading");
  expect(() => reportMissingEntries("Done.")(outage)).toThrow(outage);
});
