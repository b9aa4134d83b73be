import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { ROOT } from "../pages/page.ts";

const typeMeta = z.looseObject({ apiVersion: z.string(), kind: z.string() });
/** Inside this package, so that the compiler finds kubernetes-models. */
const CACHE = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));
const OPTIONS = [
  "--ignoreConfig",
  "--noEmit",
  "--strict",
  "--skipLibCheck",
  "--module",
  "nodenext",
  "--types",
  "",
];

/**
 * The fields that Kubernetes does not know, as the compiler names them. The schemas of kubernetes-models are open, but
 * its types are closed for literals.
 */
export async function unknownFields(objects: readonly unknown[]): Promise<readonly string[]> {
  const typed = objects.map((object, n) => {
    const { apiVersion, kind } = typeMeta.parse(object);
    const type = `import("kubernetes-models/${apiVersion}/${kind}").I${kind}`;
    return `export const object${n}: ${type} = ${JSON.stringify(object)};\n`;
  });
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "kubernetes-"));
  try {
    const file = join(folder, "objects.ts");
    writeFileSync(file, typed.join(""));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    return errorsIn(await compile(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the compiler prints. */
async function compile(file: string): Promise<string> {
  try {
    return (await promisify(execFile)(join(ROOT, "node_modules/.bin/tsc"), [...OPTIONS, file])).stdout;
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout) || error.message;
    throw error;
  }
}

const errorsIn = (output: string): string[] => output.split("\n").filter((line) => line.trim() !== "");
