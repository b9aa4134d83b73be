import { resolve } from "node:path";

/** The folder of published vectors, which have their own licences and are not part of this repository. */
export const vectorsDir =
  process.env.VECTORS_DIR ?? resolve(import.meta.dirname, "../../../../shared/vectors");
