import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildFrontend } from "@platform-api/frontend/build";

const APPS = fileURLToPath(new URL("../../../apps/", import.meta.url));

/** Where tsdown writes the one file of each app, below `apps`. */
const SERVERS = [
  ["platform-api", "platform-api/dist"],
  ["agentic-backend", "agentic-backend/dist"],
  ["frontend", "frontend/server/dist"],
] as const;

/** Writes what the stage `build` of the Dockerfile makes, at the same paths below `folder`. */
export async function buildOutputs(folder: string): Promise<void> {
  const to = (path: string) => join(folder, "src/apps", path);
  for (const [app, output] of SERVERS) {
    const cwd = join(APPS, app);
    await promisify(execFile)(join(cwd, "node_modules/.bin/tsdown"), ["--out-dir", to(output)], { cwd });
  }
  cpSync(await buildFrontend(), to("frontend/dist"), { recursive: true });
}
