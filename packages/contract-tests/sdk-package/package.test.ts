import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bundle } from "./bundle.ts";
import { compilerErrors, project } from "./compiling.ts";
import {
  COMPILERS,
  type Consumer,
  filesOf,
  installAlone,
  installPacked,
  NEWEST_COMPILER,
  NODES,
  PACKAGES,
  type Package,
  packageFolder,
} from "./packed.ts";

const HOW_TO_CHANGE =
  "If this public change is intended: npx -y pnpm@12 test:all sdk-package -u, and CHANGELOG.md";
/** What Hermes or React Native lack, or have had for less than a year. docs/sdk.md promises to need none of it. */
const NOT_ON_REACT_NATIVE = new RegExp(
  [
    "canParse",
    "searchParams",
    "throwIfAborted",
    "AbortSignal\\.\\w+",
    "DOMException",
    "structuredClone",
    "randomUUID",
    "TextDecoder",
    "(?:Readable|Writable|Transform)Stream",
    "FinalizationRegistry",
    "Temporal",
    "isWellFormed",
    "toWellFormed",
    "findLast\\w*",
    "toSorted",
    "toReversed",
    "toSpliced",
    "fromAsync",
    "groupBy",
    "withResolvers",
    "Promise\\.try",
    "isSubsetOf",
    "isDisjointFrom",
    "Symbol\\.\\w*[dD]ispose",
  ]
    .map((name) => `\\b${name}\\b`)
    .join("|"),
  "g",
);
let consumer: Consumer;
// Compilers and installers take long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  consumer = await installPacked();
}, 120_000);
afterAll(() => {
  if (consumer !== undefined) rmSync(consumer.folder, { recursive: true });
});

function manifest(name: Package) {
  const file = join(consumer.folder, "node_modules/@platform-api", name, "package.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The types that are bundled from tRPC. A new version of it may change them at any time. */
const BUNDLED_TYPES = "trpc.d.ts";

function ownDeclarations(name: Package): [file: string, text: string][] {
  return [...filesOf(consumer, name)].filter(([file]) => file.endsWith(".d.ts") && file !== BUNDLED_TYPES);
}

describe.each(PACKAGES)("the tarball of %s", (name) => {
  it("passes publint and attw", async () => {
    const bin = join(packageFolder(name), "../contract-tests/node_modules/.bin");
    expect(await consumer.run(join(bin, "publint"), consumer.tarballs[name], "--strict")).toContain(
      "All good!",
    );
    // The client has fallbacks for `moduleResolution: node10`, but neither package has a CommonJS build.
    const asked = name === "client" ? ["--ignore-rules", "cjs-resolves-to-esm"] : ["--profile", "esm-only"];
    await consumer.run(join(bin, "attw"), consumer.tarballs[name], ...asked);
  });

  it("contains the license, the README and the build, and requires Node 20", async () => {
    const { exports, files, engines, private: isPrivate, sideEffects, type } = manifest(name);
    expect({ files, engines, isPrivate, sideEffects, type }).toEqual({
      files: ["dist"],
      engines: { node: ">=20" },
      isPrivate: undefined,
      sideEffects: false,
      type: "module",
    });
    expect(JSON.stringify(exports)).not.toContain("src");
    const root = readdirSync(join(consumer.folder, "node_modules/@platform-api", name));
    expect(root.sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
  });

  it("links to no file that it does not contain", () => {
    const folder = join(consumer.folder, "node_modules/@platform-api", name);
    const documents = ["README.md", ...readdirSync(join(folder, "dist")).map((file) => `dist/${file}`)];
    for (const document of documents.filter((file) => file.endsWith(".md"))) {
      const text = readFileSync(join(folder, document), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^#)]+)/g)) {
        expect(existsSync(join(folder, document, "..", target)), `${document}: ${target}`).toBe(true);
      }
      if (document === "README.md") expect(text).not.toMatch(/`(?:src|packages)\//);
    }
  });

  it("imports only declared packages, and no other package of the workspace", async () => {
    const { dependencies = {}, peerDependencies, peerDependenciesMeta } = manifest(name);
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    expect(Object.keys(peerDependenciesMeta).sort()).toEqual(Object.keys(peerDependencies).sort());
    expect(JSON.stringify(dependencies)).not.toMatch(/workspace:|catalog:/);
    for (const [file, text] of filesOf(consumer, name)) {
      if (!/\.[jt]s$/.test(file)) continue;
      for (const [, module = ""] of text.matchAll(/(?:\bfrom |\bimport\(|^import )"([^."][^"]*)"/gm)) {
        const packageName = module.split("/", module.startsWith("@") ? 2 : 1).join("/");
        if (name === "clj-client" && module.startsWith("node:")) continue;
        expect(declared, `${file} imports ${module}`).toContain(packageName);
      }
    }
  });

  it("has the public types of its `api` folder, file by file", async () => {
    const folder = join(packageFolder(name), "api");
    const declarations = ownDeclarations(name);
    for (const [file, text] of declarations) {
      await expect(text, HOW_TO_CHANGE).toMatchFileSnapshot(join(folder, file));
    }
    const names = declarations.map(([file]) => file);
    for (const file of readdirSync(folder)) expect(names, `${file} is outdated`).toContain(file);
  });
});

/** The values that an entry's declarations export: types are no part of a module at runtime. */
function declaredValues(text: string): string[] {
  const declared = [...text.matchAll(/^export declare (?:function|const|class) (\w+)/gm)];
  const listed = [...text.matchAll(/^export \{ (.+) \};$/gm)].flatMap(([, names = ""]) => names.split(", "));
  const values = listed.filter((name) => !name.startsWith("type "));
  return [...declared.map(([, name = ""]) => name), ...values].sort();
}

it.each(NODES)(
  "exports the values that its types declare, by import and by require, on Node %s",
  async (_, node) => {
    const entries = PACKAGES.flatMap((name) =>
      Object.entries<{ types: string }>(manifest(name).exports)
        .filter(([path]) => path !== "./package.json")
        .map(([path, { types }]) => {
          const text = filesOf(consumer, name).get(types.replace("./dist/", "")) ?? "";
          return [path.replace(".", `@platform-api/${name}`), declaredValues(text)] as const;
        }),
    );
    for (const [entry, values] of entries) expect(values, entry).not.toEqual([]);
    const names = entries.map(([entry]) => entry);
    const found = JSON.parse(await consumer.run(node, "exports.mjs", ...names));
    const declared = Object.fromEntries(entries);
    expect(found).toEqual({ imported: declared, required: declared });
  },
);

it.each([
  ["node10", "esnext"],
  ["bundler", "esnext"],
])("has types for every entry of the client with moduleResolution %s", async (moduleResolution, module) => {
  const [[, compiler]] = COMPILERS;
  const options = { module, moduleResolution, lib: ["es2018", "dom"], types: [] };
  const config = project(consumer, moduleResolution, ["resolution.ts"], options);
  const lines = readFileSync(join(consumer.folder, "resolution.ts"), "utf8").split("\n");
  const marked = lines.flatMap((line, i) =>
    line.endsWith(" // TS2322") ? [`resolution.ts(${i + 1}): TS2322`] : [],
  );
  expect(marked).toHaveLength(Object.keys(manifest("client").exports).length - 1);
  expect(await compilerErrors(consumer, compiler, config)).toEqual(marked);
});

it.each(NODES)("clj-client queues calls on Node %s", async (_, node) => {
  expect(await consumer.run(node, "queue.mjs")).toBe("[false,false,false]");
});

it.each(COMPILERS)(
  "compiles correct code and reports each wrong line, TypeScript %s",
  async (version, compiler) => {
    expect(await consumer.run(compiler, "--version")).toContain(version);
    const lines = readFileSync(join(consumer.folder, "bad.ts"), "utf8").split("\n");
    const marked = lines.flatMap((line, i) => {
      const [, code] = / \/\/ (TS\d+)$/.exec(line) ?? [];
      return code === undefined ? [] : [`bad.ts(${i + 1}): ${code}`];
    });
    expect(marked.length).toBeGreaterThan(10);
    // The declarations as sources: compilers skip checks inside libraries.
    const declarations = PACKAGES.flatMap((name) => asSources(name));
    const config = project(consumer, "consumer", [
      "good.ts",
      "bad.ts",
      "react.tsx",
      "trpc.mts",
      ...declarations,
    ]);
    expect(await compilerErrors(consumer, compiler, config)).toEqual(marked);
  },
  60_000,
);

function asSources(name: Package): string[] {
  mkdirSync(join(consumer.folder, "declarations", name), { recursive: true });
  const bundled = filesOf(consumer, name).get(BUNDLED_TYPES);
  if (bundled !== undefined)
    writeFileSync(join(consumer.folder, "declarations", name, BUNDLED_TYPES), bundled);
  return ownDeclarations(name).map(([file, text]) => {
    const source = join("declarations", name, file.replace(/\.d\.ts$/, ".ts"));
    writeFileSync(join(consumer.folder, source), text);
    return source;
  });
}

describe("the client alone", () => {
  let alone: Consumer;
  beforeAll(async () => {
    alone = await installAlone(consumer);
  }, 60_000);
  afterAll(() => {
    if (alone !== undefined) rmSync(alone.folder, { recursive: true });
  });

  it("installs at most 3 MB", async () => {
    const bytes = Number.parseInt(await alone.run("du", "-sb", "node_modules"), 10);
    process.stdout.write(`installed: ${bytes} bytes\n`);
    expect(bytes).toBeLessThanOrEqual(3_000_000);
  });

  it("has types that need nothing else", async () => {
    const config = project(alone, "alone", ["alone.ts"], { types: [], skipLibCheck: false });
    const errors = await compilerErrors(alone, NEWEST_COMPILER, config);
    expect(errors).toEqual(["alone.ts(7): TS2322", "alone.ts(9): TS2322"]);
  });
});

it("the app's own tRPC takes the client and its errors", async () => {
  expect(await consumer.run(process.execPath, "trpc.mts")).toBe("[true,true,true]");
});

it("costs the compiler little more than a plain tRPC client of the same router", async () => {
  const cost = async (file: string) => {
    const args = ["--extendedDiagnostics", "-p", project(consumer, file, [`${file}.ts`])];
    const output = await consumer.run(NEWEST_COMPILER, ...args);
    const value = (name: string) => new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(output)?.[1];
    return { instantiations: Number(value("Instantiations")), checkSeconds: Number(value("Check time")) };
  };
  const [sdk, plain] = [await cost("cost-of-sdk"), await cost("cost-of-trpc")];
  const describeCost = (name: string, { instantiations, checkSeconds }: typeof sdk) =>
    `${name} ${instantiations} instantiations, checked in ${checkSeconds} s`;
  process.stdout.write(
    `type cost: ${describeCost("SDK", sdk)}; ${describeCost("plain @trpc/client", plain)}\n`,
  );
  expect(sdk.instantiations).toBeGreaterThan(0);
  expect(sdk.instantiations).toBeLessThan(plain.instantiations * 1.1);
});

/** The code of a file of the client and of those that it imports, but zod and other packages, by file. */
function withImports(file: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  const text = filesOf(consumer, "client").get(file) ?? "";
  found.set(file, text);
  for (const [, other = ""] of text.matchAll(/ from "\.\/([^"]+)"/g))
    if (!found.has(other) && other !== "zod.js") withImports(other, found);
  return found;
}

it("the mocks are at most 100 kB gzipped, without zod and MSW, and no other entry has a part of them", () => {
  const bytes = gzipSync([...withImports("testing.js").values()].join("\n")).length;
  process.stdout.write(`mocks: ${bytes} bytes of gzip\n`);
  expect(bytes).toBeLessThanOrEqual(100_000);
  const others = Object.keys(manifest("client").exports).map((path) => path.replace(".", "index"));
  for (const entry of others.filter((name) => !/testing|package/.test(name))) {
    const file = `${entry.replace("index/", "")}.js`;
    expect([...withImports(file).keys()], file).not.toContain("testing.js");
    expect(filesOf(consumer, "client").get(file)).toMatch(/^export /m);
  }
});

describe("in a browser", () => {
  it("the main entry with all its dependencies is at most 9 kB gzipped", async () => {
    const { gzipBytes } = await bundle(consumer, ["@platform-api/client"]);
    process.stdout.write(`main entry: ${gzipBytes} bytes of gzip\n`);
    expect(gzipBytes).toBeLessThanOrEqual(9 * 1_024);
  });

  it.each([
    [["@platform-api/client"]],
    [["@platform-api/client/react"]],
    [["@platform-api/client/standings", "@platform-api/client/web"]],
    [["@platform-api/client/testing", "msw/browser"]],
  ])("%j needs no Node module", async (modules) => {
    const { code } = await bundle(consumer, modules);
    expect(code).not.toMatch(/(?:from|import\(?) ?["'`]node:|__vite-browser-external/);
  });
});

describe("on React Native", () => {
  it("the client and a fresh token work without what Hermes and React Native lack", async () => {
    await consumer.run(process.execPath, "react-native.mjs", "@platform-api/client/react");
  });

  it("neither the main entry nor the React entry names what is missing there", async () => {
    const { code } = await bundle(consumer, ["@platform-api/client"]);
    const text = `${code}\n${filesOf(consumer, "client").get("react.js")}`;
    expect(text).toContain("AbortController");
    expect(text.match(NOT_ON_REACT_NATIVE) ?? []).toEqual([]);
  });
});

describe("its README", () => {
  const README = readFileSync(join(packageFolder("client"), "README.md"), "utf8");
  const [route = "", start = "", test = ""] = [...README.matchAll(/```js\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => text,
  );

  it("needs at most ten lines for a protected route and ten for a passing test", () => {
    for (const text of [route, test]) {
      const lines = text.split("\n").filter((line) => line !== "");
      expect(lines.length).toBeGreaterThan(5);
      expect(lines.length).toBeLessThanOrEqual(10);
    }
  });

  it.each(NODES)("has examples that run unchanged on Node %s", async (_, node) => {
    writeFileSync(join(consumer.folder, "app.mjs"), route);
    writeFileSync(join(consumer.folder, "app.test.mjs"), test);
    const report = await consumer.run(node, "--test", "--test-reporter=tap", "app.test.mjs");
    expect(report).toMatch(/^# pass 2$/m);
    expect(report).toMatch(/^# fail 0$/m);
  });

  it.each(NODES)(
    "has a server that listens when it is run through a symbolic link on Node %s",
    async (version, node) => {
      const listening = "process.stdout.write(String(app.addresses().length > 0));\nawait app.close();\n";
      const link = join(consumer.folder, `link-${version}`);
      writeFileSync(join(consumer.folder, "server.mjs"), start.replace("3000", "0") + listening);
      symlinkSync(consumer.folder, link);
      expect(await consumer.run(node, join(link, "server.mjs"))).toBe("true");
    },
  );

  it("has examples that compile as TypeScript", async () => {
    writeFileSync(join(consumer.folder, "app.mts"), route);
    writeFileSync(join(consumer.folder, "app.test.mts"), test);
    expect(
      await compilerErrors(consumer, NEWEST_COMPILER, project(consumer, "readme", ["app.test.mts"])),
    ).toEqual([]);
  });

  it("names every entry", () => {
    for (const entry of Object.keys(manifest("client").exports)) {
      if (entry === "./package.json") continue;
      expect(README).toContain(`\`${entry.replace(/^\./, "@platform-api/client")}\``);
    }
  });
});
