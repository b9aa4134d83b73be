import { createDynamoTable } from "@platform-api/server/adapters";
import { expect, it } from "vitest";
import { recordDeeds } from "./operator-audit.ts";
import { CommandFailure, type Terminal } from "./terminal.ts";

const terminal: Terminal = {
  env: {},
  out: () => {},
  err: () => {},
  readInput: async () => "",
  ask: null,
  operator: "jo",
  onStop: () => {},
};

it("fails with what was done and with the entry that is missing", async () => {
  const nowhere = { endpoint: "http://127.0.0.1:9", region: "eu-central-1", attemptMs: 100, deadlineMs: 300 };
  const table = createDynamoTable({ table: "platform-api", ...nowhere });
  const deed = { at: "2026-11-25T12:00:00.000Z", action: "identity-unlinked", subject: "waad|x" } as const;
  const recorded = recordDeeds([deed], { table, terminal, told: "It is done." }, AbortSignal.timeout(5_000));
  await expect(recorded).rejects.toThrow(CommandFailure);
  await expect(recorded).rejects.toThrow(
    /^It is done\. But the audit does not say so \(audit-entry: storing/,
  );
  await expect(recorded).rejects.toThrow('"actor":"operator:jo","action":"identity-unlinked"');
  table.close();
});
