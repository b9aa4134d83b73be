import { defineConfig } from "vitest/config";

/** Only the domain's tests, which take milliseconds and cover each of its rules. */
export default defineConfig({
  test: { root: "packages/server", dir: "packages/server/src/domain", isolate: false },
});
