import { defineConfig } from "vitest/config";

/** The tests of the domain alone: they take milliseconds, and each of its rules is held by them. */
export default defineConfig({
  test: { root: "packages/server", dir: "packages/server/src/domain", isolate: false },
});
