import { defineConfig } from "tsdown";

/** The server of the image: one file that Node runs from any folder, with nothing installed beside it. */
export default defineConfig({
  entry: { frontend: "server/main.ts" },
  outDir: "server/dist",
  format: "esm",
  platform: "node",
  target: "node22",
  outExtensions: () => ({ js: ".js" }),
  outputOptions: { codeSplitting: false },
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
  dts: false,
  clean: true,
});
