import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { holderOf, STORE_FOLDER } from "../data-folder/folder-lock.ts";
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

const LOOK_EVERY_MS = 1_000;

/** Settles once the folder, or what is in it, is gone: whatever is written from then on is lost. */
export function untilGone(folder: string): Promise<void> {
  const store = join(folder, STORE_FOLDER);
  return new Promise((resolve) => {
    const look = setInterval(() => {
      if (holderOf(store) === process.pid) return;
      clearInterval(look);
      resolve();
    }, LOOK_EVERY_MS);
    look.unref();
  });
}
