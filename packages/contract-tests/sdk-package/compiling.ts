import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Consumer } from "./packed.ts";

/** Writes the configuration of a strict project into the folder. */
export function project(
  { folder }: Consumer,
  name: string,
  files: readonly string[],
  options: object = {},
): string {
  const compilerOptions = {
    module: "nodenext",
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    types: ["node"],
    jsx: "react-jsx",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    ...options,
  };
  const file = join(folder, `tsconfig.${name}.json`);
  writeFileSync(file, JSON.stringify({ compilerOptions, files }));
  return file;
}

/** The errors that a compiler reports for a project. */
export async function compilerErrors({ run }: Consumer, compiler: string, config: string): Promise<string[]> {
  const output = await run(compiler, "--pretty", "false", "-p", config).catch(String);
  return [...output.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)].map(
    ([, file, line, code]) => `${file}(${line}): ${code}`,
  );
}
