import { resolve } from "node:path";

/** Where published vectors are kept: they have licences of their own and are not part of this repository. */
export const vectorsDir =
  process.env.VECTORS_DIR ?? resolve(import.meta.dirname, "../../../../shared/vectors");
