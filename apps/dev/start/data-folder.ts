import { accessSync, constants, mkdirSync } from "node:fs";

/** Only its owner can read a new folder. @throws when the folder cannot be created or written to. The message says how to use another one */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : String(error);
    const problem = `data folder ${folder} is not writable (${code})`;
    throw new Error(`${problem}: set DATA_FOLDER to another folder`, { cause: error });
  }
}
