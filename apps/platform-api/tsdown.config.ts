import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { defineConfig, type Rolldown } from "tsdown";

const VIEWER_FILES = ["swagger-ui-bundle.js", "swagger-ui.css"];

/** `src/compose/docs-viewer.ts` with the viewer's files in it, gzipped as they are sent. */
function viewerModule(): string {
  const { resolve } = createRequire(import.meta.url);
  const files = VIEWER_FILES.map((file) => {
    const gzipped = gzipSync(readFileSync(resolve(`swagger-ui-dist/${file}`)), { level: 9 });
    return [file, gzipped.toString("base64")];
  });
  const constant = JSON.stringify(Object.fromEntries(files));
  return `const FILES = ${constant};\nexport const docsViewer = (file) => Buffer.from(FILES[file], "base64");\n`;
}

/** A module whose function `name` returns the text of a file. */
function textModule(name: string, file: string): string {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  return `export const ${name} = () => ${JSON.stringify(text)};\n`;
}

/** What replaces the modules whose path ends so. They read files that the build has in it. */
const REPLACED: Readonly<Record<string, () => string>> = {
  "/clj-client/src/wire-source.ts": () => textModule("readWireSource", "packages/clj-client/src/wire.ts"),
  "/commands/auth0/action-source.ts": () => textModule("readActionSource", "auth0/post-login-action.js"),
  "/compose/docs-viewer.ts": viewerModule,
};
const replacements: Rolldown.Plugin = {
  name: "replacements",
  load(id) {
    const [, module] = Object.entries(REPLACED).find(([end]) => id.endsWith(end)) ?? [];
    return module === undefined ? null : { code: module(), moduleType: "js" };
  },
};

/**
 * Modules of Node whose exports are read when they are used. An `import` of `node:http` reads all of them, and its `WebSocket`
 * loads undici: 30 ms at the start of `serve`. `node:https` and `node:tls` are used where something is encrypted: 18 ms.
 */
const READ_LATE = ["node:http", "node:http2", "node:https", "https", "node:tls", "tls"];
const END = ".read-late.cjs";
const readLate: Rolldown.Plugin = {
  name: "read-late",
  resolveId: (id) => (READ_LATE.includes(id) ? `${id.replace("node:", "")}${END}` : null),
  load(id) {
    if (!id.endsWith(END)) return null;
    const module = `node:${id.slice(0, -END.length)}`;
    const names = Object.keys(process.getBuiltinModule(module) ?? {});
    return {
      code: `for (const name of ${JSON.stringify(names)})
        Object.defineProperty(exports, name, { enumerable: true, get: () => process.getBuiltinModule("${module}")[name] });`,
      moduleType: "js",
    };
  },
};

/**
 * tRPC's published code copies objects with a helper for engines without spread, which takes two thirds of the CPU time
 * of a call. Here `_objectSpread2(_objectSpread2({}, a), {}, { b })` becomes `{ ...a, b }`.
 */
const nativeSpread: Rolldown.Plugin = {
  name: "native-spread",
  transform(code, id) {
    if (!/@trpc.server.dist.initTRPC/.test(id)) return null;
    let native = code;
    // The call that begins last has no other one inside it.
    for (let call = lastSpread(this.parse(code)); call !== undefined; call = lastSpread(this.parse(native))) {
      const parts = call.arguments.map(({ type, start, end }) =>
        type === "ObjectExpression" ? native.slice(start + 1, end - 1) : `...${native.slice(start, end)}`,
      );
      const literal = `{ ${parts.filter((part) => part.trim() !== "").join(", ")} }`;
      native = native.slice(0, call.start) + literal + native.slice(call.end);
    }
    if (native === code)
      throw new Error("tRPC's helper has changed: see whether native-spread is still needed");
    return native;
  },
};

/** Where a part of a program is in its text. */
interface Part {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

interface SpreadCall extends Part {
  readonly callee: object;
  readonly arguments: readonly Part[];
}

/** The call of tRPC's helper that begins last in a syntax tree. */
function lastSpread(tree: unknown): SpreadCall | undefined {
  if (typeof tree !== "object" || tree === null) return undefined;
  const inside = Object.values(tree).map(lastSpread);
  return [isSpread(tree) ? tree : undefined, ...inside]
    .filter((call) => call !== undefined)
    .toSorted((a, b) => a.start - b.start)
    .at(-1);
}

function isSpread(node: object): node is SpreadCall {
  return "callee" in node && Object(node.callee).name === "_objectSpread2";
}

/** One file that Node runs from any folder, with nothing installed beside it. */
export default defineConfig({
  entry: { "platform-api": "src/main.ts" },
  format: "esm",
  platform: "node",
  target: "node22",
  outExtensions: () => ({ js: ".js" }),
  outputOptions: { codeSplitting: false },
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
  plugins: [readLate, nativeSpread, replacements],
  dts: false,
  clean: true,
});
