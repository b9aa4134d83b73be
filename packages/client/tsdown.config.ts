import { readFileSync } from "node:fs";
import { defineConfig, type Rolldown } from "tsdown";

const ENTRIES = {
  index: "src/index.ts",
  express: "src/express.ts",
  fastify: "src/fastify.ts",
  react: "src/react.tsx",
  testing: "src/testing/index.ts",
};

/** `tsc -b` has emitted them; nothing that compiles TypeScript 7 itself can bundle types yet. */
const declarations = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, source]) => [name, `./.types/${source.replace(/tsx?$/, "d.ts")}`]),
);

/** The context of the server's procedures is part of their type, and nobody's business outside. */
const hideContext = {
  name: "hide-context",
  load: {
    filter: { id: /server\/\.types\/trpc\/context\.d\.ts$/ },
    handler: () => "export interface Context {}",
  },
};

/** The documents of those who install the package. What they link to beyond each other stays in the repository. */
const documents: Rolldown.Plugin = {
  name: "documents",
  generateBundle() {
    for (const fileName of ["reasons.md", "sdk.md"]) {
      const text = readFileSync(new URL(`../../docs/${fileName}`, import.meta.url), "utf8");
      const source = text.replace(
        /\[([^\]]+)\]\(((?!reasons\.md)[^#)]+)[^)]*\)/g,
        "$1 (`docs/$2` of platform-api)",
      );
      this.emitFile({ type: "asset", fileName, source });
    }
  },
};

/** Names without hashes: a public change is seen in `api/`, file by file. */
const outputOptions = { minifyInternalExports: false };

export default defineConfig([
  {
    entry: ENTRIES,
    platform: "neutral",
    target: "es2022",
    outExtensions: () => ({ js: ".js" }),
    outputOptions: { ...outputOptions, chunkFileNames: "[name].js" },
    dts: false,
    plugins: [documents],
  },
  {
    entry: declarations,
    platform: "neutral",
    clean: false,
    tsconfig: "tsconfig.dts.json",
    dts: { emitDtsOnly: true, dtsInput: true },
    outputOptions: { ...outputOptions, chunkFileNames: "[name].ts" },
    plugins: [hideContext],
    treeshake: { moduleSideEffects: false },
    deps: { neverBundle: ["zod", "jose"] },
  },
]);
