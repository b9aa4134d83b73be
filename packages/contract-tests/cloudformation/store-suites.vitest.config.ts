import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const replacement = fileURLToPath(new URL("table-from-template.ts", import.meta.url));

/** The tests of the server's stores, on the table of the shipped CloudFormation template. */
export default defineConfig({
  plugins: [
    {
      name: "table-from-template",
      enforce: "pre",
      resolveId: (id, importer = "") =>
        importer.endsWith("/testing/embedded-store.ts") && id.endsWith("/create-table.ts")
          ? replacement
          : null,
    },
  ],
  test: {
    root: "packages/server",
    // Not those of faults, which are about requests and not about the table.
    include: ["src/adapters/dynamodb/!(faults|lost-replies).test.ts"],
    isolate: false,
    maxWorkers: 1,
    // A busy machine may be too slow for the deadlines of a store. A wrong table fails every time.
    retry: 3,
    testTimeout: 40_000,
    hookTimeout: 60_000,
  },
});
