export interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const BESIDE_THE_BUILD = ["LICENSE", "README.md", "package.json"];

/** What is wrong with a packed package: files that others should not get or would miss. */
export function contentProblems(
  manifest: PackedManifest,
  files: readonly string[],
  version: string,
): readonly string[] {
  const missing = [...BESIDE_THE_BUILD, ...filesIn(manifest.exports)].filter((file) => !files.includes(file));
  const surplus = files.filter((file) => !BESIDE_THE_BUILD.includes(file) && !file.startsWith("dist/"));
  const local = Object.entries(manifest.dependencies ?? {}).filter(([, range]) =>
    /^(?:workspace|catalog|file|link):/.test(range),
  );
  return [
    ...(manifest.version === version ? [] : [`its version is ${manifest.version}`]),
    ...(manifest.private === true ? ["it is private"] : []),
    ...missing.map((file) => `${file} is missing`),
    ...surplus.map((file) => `${file} does not belong in it`),
    ...local.map(([name, range]) => `its dependency ${name} is ${range}`),
  ];
}

function filesIn(exports: unknown): string[] {
  if (typeof exports === "string") return [exports.replace(/^\.\//, "")];
  if (typeof exports !== "object" || exports === null) return [];
  return [...new Set(Object.values(exports).flatMap(filesIn))];
}
