import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../../../..");

/** Where published test vectors are; they have licences of their own and are not part of this repository. */
export const VECTORS_DIR = process.env.VECTORS_DIR ?? resolve(ROOT, "../shared/vectors");

export const HAS_VECTORS = existsSync(join(VECTORS_DIR, "wycheproof/json_web_signature_test.json"));

/** What an RS256-only policy must answer to each vector. It is not published, so `pnpm vectors` does not download it. */
export const HAS_MANIFEST = existsSync(join(VECTORS_DIR, "rs256-policy-manifest.json"));

/** What a skipped or failed suite says. */
export const HOW_TO_GET_VECTORS =
  "the published vectors are not here: run `npx -y pnpm@12 vectors`, or set VECTORS_DIR to the folder that has them";

export function readVectors(...path: string[]) {
  return JSON.parse(readFileSync(join(VECTORS_DIR, ...path), "utf8"));
}
