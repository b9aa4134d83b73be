import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startPlatformApi } from "./platform-process.ts";

test("a variable that platform-api refuses is named where it was started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-process-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const logFile = join(folder, "platform-api.log");
  const starting = startPlatformApi(
    { SERVICE_CLIENTS: "foo" },
    { logFile, signal: AbortSignal.timeout(60_000) },
  );
  await expect(starting).rejects.toThrow(
    /^platform-api exited: .*"foo" is not one; .*see .*platform-api\.log$/s,
  );
});
