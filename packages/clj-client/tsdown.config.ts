import { defineConfig } from "tsdown";

const outputOptions = { minifyInternalExports: false };

/** Bundles the code from the sources and the types from the declarations that `tsc -b` has emitted. */
export default defineConfig([
  {
    entry: { index: "src/index.ts", testing: "src/testing/index.ts" },
    platform: "node",
    target: "node20",
    outExtensions: () => ({ js: ".js" }),
    outputOptions: { ...outputOptions, chunkFileNames: "[name].js" },
    dts: false,
  },
  {
    entry: { index: "./.types/index.d.ts", testing: "./.types/testing/index.d.ts" },
    platform: "neutral",
    dts: { emitDtsOnly: true, dtsInput: true },
    outputOptions: { ...outputOptions, chunkFileNames: "[name].ts" },
    clean: false,
  },
]);
