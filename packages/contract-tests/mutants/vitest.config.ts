import { defineConfig } from "vitest/config";

/** Only tests that take milliseconds and cover each of the rules. */
export default defineConfig({
  test: {
    root: "packages/server",
    dir: "packages/server/src",
    include: [
      "**/domain/**/*.test.ts",
      "**/answer/*.test.ts",
      "**/adapters/auth0/credential-check.test.ts",
      "**/adapters/tokens/logout-token.test.ts",
    ],
    isolate: false,
  },
});
