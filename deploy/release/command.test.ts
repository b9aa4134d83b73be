import { expect, it } from "vitest";
import { commandsIn } from "./command.ts";

it("fails with the last lines of output", async () => {
  const failing = commandsIn("/").run("sh", "-c", "seq 40; echo why >&2; exit 3");
  await expect(failing).rejects.toThrow(/^sh -c .* failed:\n12\n[\d\n]*\n40\nwhy$/);
});

it("says that there is no such program", async () => {
  await expect(commandsIn("/").run("no-program")).rejects.toThrow("ENOENT");
});
