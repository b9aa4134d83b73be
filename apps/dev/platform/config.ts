import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The data folder of the development stack, from the environment. By default it is in the folder of the repository. */
export function readDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.DATA_FOLDER || resolve(ROOT, ".data"));
}

/** Whether the environment says where the stack is that `token` signs in to: it may run on another machine. */
export function hasStackElsewhere(env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env.PLATFORM_API_URL);
}

/** Lets the stack use this folder wherever `start` was called. */
export function useDataFolder(folder: string, env: NodeJS.ProcessEnv = process.env): void {
  if (resolve(".data") !== folder) env.DATA_FOLDER ||= folder;
}

/** Lets the commands of platform-api name the one that the reader has, unless `./platform` has said how it was called. */
export function useCommandName(env: NodeJS.ProcessEnv = process.env): void {
  env.PLATFORM_API_COMMAND ||= "./platform";
}

/** Adds the variables of a file to the environment, which may have set some of them otherwise. */
export function addVariables(file: string): void {
  process.loadEnvFile(file);
}

/** A folder as people who are here would name it. */
export function shownPath(path: string): string {
  const near = relative("", path);
  return near === "" || near.startsWith("..") ? path : near;
}
