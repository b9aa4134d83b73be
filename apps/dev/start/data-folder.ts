import { accessSync, constants, mkdirSync } from "node:fs";

/** @throws when the folder cannot be made or written to; the message says how to move it */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : String(error);
    const problem = `data folder ${folder} cannot be written to (${code})`;
    throw new Error(`${problem}: set DATA_FOLDER to another folder`, { cause: error });
  }
}
