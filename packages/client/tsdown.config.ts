import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Rolldown } from "tsdown";

const ENTRIES = {
  index: "src/index.ts",
  express: "src/guards/express.ts",
  fastify: "src/guards/fastify.ts",
  hono: "src/guards/hono.ts",
  react: "src/react/react.tsx",
  standings: "src/standings/index.ts",
  testing: "src/testing/index.ts",
  web: "src/guards/web.ts",
};

/** Emitted by `tsc -b`: no bundler can compile TypeScript 7 and bundle its types yet. */
const declarations = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, source]) => [name, `./.types/${source.replace(/tsx?$/, "d.ts")}`]),
);

/** The context of the server's procedures is part of their type. The published types leave it out. */
const hideContext = {
  name: "hide-context",
  load: {
    filter: { id: /server\/\.types\/trpc\/context\.d\.ts$/ },
    handler: () => "export interface Context {}",
  },
};

/** The documents in the package. Their links to other files of the repository become plain text. */
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

/**
 * tRPC is bundled, because installing it would install TypeScript. Not in the declarations that ask whether the app has
 * it, and not in the React entry, whose binding needs the app's.
 */
function bundlesTrpc(id: string, importer: string | undefined): boolean {
  return (
    /^@trpc\/(?:client|server)\b/.test(id) &&
    !/\/(?:installed-trpc|react)\.(?:d\.ts|tsx)$/.test(importer ?? "")
  );
}

/** The mocks bundle what the server checks and names with: a test needs to install nothing but MSW. */
const OF_THE_MOCKS = ["@noble/hashes", "zod"];

const deps = {
  alwaysBundle: (id: string, importer: string | undefined) =>
    OF_THE_MOCKS.some((name) => id === name || id.startsWith(`${name}/`)) || bundlesTrpc(id, importer),
  onlyBundle: ["@trpc/client", "@trpc/server", ...OF_THE_MOCKS],
};

/** tRPC publishes its sources. Its build is for older browsers, and makes the main entry a quarter larger. */
const trpcSources: Rolldown.Plugin = {
  name: "trpc-sources",
  resolveId: {
    order: "pre",
    filter: { id: /^@trpc\/(?:client|server)\b/ },
    handler(id, importer) {
      if (!bundlesTrpc(id, importer)) return null;
      const [scope, name, ...path] = id.split("/");
      const source = `node_modules/${scope}/${name}/src/${path.join("/") || "index"}`;
      return this.resolve(fileURLToPath(new URL(source, import.meta.url)), importer);
    },
  },
};

/** The licenses of what is bundled ask to be passed on. */
const licenses: Rolldown.Plugin = {
  name: "licenses",
  generateBundle() {
    const texts = deps.onlyBundle.map((name) => {
      const text = readFileSync(new URL(`node_modules/${name}/LICENSE`, import.meta.url), "utf8");
      return `# ${name}\n\n${text}`;
    });
    this.emitFile({ type: "asset", fileName: "bundled-licenses.md", source: texts.join("\n") });
  },
};

/** File names without hashes, so that `api/` shows public changes file by file. */
const outputOptions = { minifyInternalExports: false };

export default defineConfig([
  {
    entry: ENTRIES,
    platform: "neutral",
    target: "es2022",
    outExtensions: () => ({ js: ".js" }),
    outputOptions: {
      ...outputOptions,
      comments: { jsdoc: false }, // editors read those of the declarations
      chunkFileNames: "[name].js",
      codeSplitting: { groups: [{ name: "zod", test: /node_modules\/zod\// }] },
    },
    dts: false,
    plugins: [trpcSources, documents, licenses],
    deps,
  },
  {
    entry: declarations,
    platform: "neutral",
    clean: false,
    tsconfig: "tsconfig.dts.json",
    dts: { emitDtsOnly: true, dtsInput: true },
    outputOptions: {
      ...outputOptions,
      chunkFileNames: "[name].ts",
      codeSplitting: { groups: [{ name: "trpc.d", test: /node_modules\/@trpc\// }] },
    },
    plugins: [hideContext],
    treeshake: { moduleSideEffects: false },
    deps: {
      alwaysBundle: bundlesTrpc,
      onlyBundle: ["@trpc/client", "@trpc/server"],
      neverBundle: ["zod", "jose", "@platform-api/server/memory"], // no public type is made of these
    },
  },
]);
