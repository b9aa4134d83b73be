import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { DocsViewer } from "@platform-api/server/http";

/** From the package as it is installed; the build puts the files themselves in this module's place. */
export const docsViewer: DocsViewer = (file) => gzipSync(viewerFile(file));

function viewerFile(file: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`));
}
