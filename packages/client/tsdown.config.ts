import { defineConfig } from "tsdown";

const ENTRIES = {
  index: "src/index.ts",
  express: "src/express.ts",
  fastify: "src/fastify.ts",
  react: "src/react.tsx",
};

/** No hashes: the declarations are compared with the ones in `api/`. */
const outputOptions = { chunkFileNames: "[name].js", minifyInternalExports: false };

/** The context of the server's procedures is part of their type, and nobody's business outside. */
const hideContext = {
  name: "hide-context",
  load: {
    filter: { id: /server\/\.types\/trpc\/context\.d\.ts$/ },
    handler: () => "export interface Context {}",
  },
};

/** The code is built from the sources; the types are bundled from the declarations that `tsc -b` has emitted. */
export default defineConfig([
  {
    entry: ENTRIES,
    platform: "neutral",
    target: "es2022",
    outExtensions: () => ({ js: ".js" }),
    outputOptions,
    dts: false,
    copy: ["../../docs/reasons.md"],
  },
  {
    entry: Object.fromEntries(
      Object.entries(ENTRIES).map(([name, file]) => [name, `./.types/${file.replace(/tsx?$/, "d.ts")}`]),
    ),
    platform: "neutral",
    tsconfig: "tsconfig.dts.json",
    dts: { emitDtsOnly: true, dtsInput: true },
    outputOptions: { ...outputOptions, chunkFileNames: "[name].ts" },
    plugins: [hideContext],
    treeshake: { moduleSideEffects: false },
    deps: { neverBundle: ["zod", "jose"] },
    clean: false,
  },
]);
