import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "../pages/page.ts";

/** Runs kubectl in the repository. @throws with its output when it fails */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("kubectl", args, { cwd: ROOT })).stdout;
}
