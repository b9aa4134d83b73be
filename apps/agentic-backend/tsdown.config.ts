import { defineConfig } from "tsdown";

/** One file that Node runs from any folder, with nothing installed beside it. */
export default defineConfig({
  entry: { "agentic-backend": "src/main.ts" },
  format: "esm",
  platform: "node",
  target: "node22",
  outExtensions: () => ({ js: ".js" }),
  outputOptions: { codeSplitting: false },
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
  dts: false,
  clean: true,
});
