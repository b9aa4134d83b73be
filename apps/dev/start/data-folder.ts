import { accessSync, constants } from "node:fs";
import { makeFolder } from "../data-folder/make-folder.ts";

/** @throws when the folder cannot be created or written to. The message says how to use another one */
export function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : String(error);
    const problem = `data folder ${folder} is not writable (${code})`;
    throw new Error(`${problem}: set DATA_FOLDER to another folder`, { cause: error });
  }
}
