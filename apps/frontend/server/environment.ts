import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { parseConfig } from "../src/app/config/config.ts";
import type { FrontendOptions } from "./serve.ts";

const PORT = "must be a port";

/** Beside the built server, as in the image. */
const DEFAULT_SITE = join(import.meta.dirname, "dist");

const schema = z.object({
  HOST: z._default(z.string(), "127.0.0.1"),
  PORT: z._default(
    z.coerce.number(PORT).check(z.int(PORT), z.minimum(0, PORT), z.maximum(65_535, PORT)),
    4_002,
  ),
  /** The file that is served as `/config.json`. */
  CONFIG_FILE: z.string("is missing"),
  /** The folder of the built app. */
  SITE_FOLDER: z._default(z.string(), DEFAULT_SITE),
});

/** The names of all variables that are read. */
export const FRONTEND_VARIABLES: readonly string[] = Object.keys(schema.shape);

/**
 * Reads an empty variable as unset.
 * @throws an error that names every invalid variable, the folder without an app, or every invalid key of the file
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): FrontendOptions {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const { data, error } = schema.safeParse(set);
  if (error) {
    const problems = error.issues.map(({ path, message }) => `\n  ${path.join(".")} ${message}`);
    throw new Error(`wrong configuration:${problems.join("")}`);
  }
  const { HOST: host, PORT: port, SITE_FOLDER: outDir, CONFIG_FILE } = data;
  if (!existsSync(join(outDir, "index.html"))) throw new Error(`${outDir} (SITE_FOLDER) has no index.html`);
  return { host, port, outDir, config: readConfigFile(CONFIG_FILE) };
}

function readConfigFile(file: string): FrontendOptions["config"] {
  try {
    return parseConfig(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${file} (CONFIG_FILE) is not usable: ${why}`, { cause });
  }
}
