import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import type { Consumer } from "./packed.ts";

export interface Bundle {
  readonly code: string;
  readonly gzipBytes: number;
}

/** Bundles all exports of the modules for a browser. */
export async function bundle(
  { folder: root }: Pick<Consumer, "folder">,
  modules: readonly string[],
): Promise<Bundle> {
  const entry = join(root, `.bundled-${process.pid}.js`);
  writeFileSync(entry, modules.map((module) => `export * from "${module}";\n`).join(""));
  try {
    const built = await build({
      root,
      configFile: false,
      logLevel: "error",
      build: { write: false, rolldownOptions: { input: entry, preserveEntrySignatures: "strict" } },
    });
    const outputs: Rolldown.RolldownOutput[] = [built].flat().filter((output) => "output" in output);
    const chunks = outputs.flatMap(({ output }) => output).filter((file) => file.type === "chunk");
    const code = chunks.map((chunk) => chunk.code).join("\n");
    return { code, gzipBytes: gzipSync(code).length };
  } finally {
    rmSync(entry);
  }
}
