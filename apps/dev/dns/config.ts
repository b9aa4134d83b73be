import { resolve } from "node:path";

/** The data folder of the development stack, from the environment. */
export function readDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.DATA_FOLDER || ".data");
}
