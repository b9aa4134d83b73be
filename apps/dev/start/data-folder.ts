import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { holderOf, STORE_FOLDER } from "../data-folder/folder-lock.ts";
import { makeFolder } from "../data-folder/make-folder.ts";
import type { StartConfig } from "./config.ts";

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

type Folder = Pick<StartConfig, "DATA_FOLDER">;

/** The file for all that there is to know of the stack that runs. */
export function aboutFile({ DATA_FOLDER }: Folder): string {
  return join(DATA_FOLDER, "about.txt");
}

/** Says that a stack runs in the folder, where, and how to stop it; null if none does. */
export function runningStack(config: Folder): string | null {
  const pid = holderOf(join(resolve(config.DATA_FOLDER), STORE_FOLDER));
  if (pid === null) return null;
  const file = aboutFile(config);
  const [address] = (existsSync(file) && /http\S+/.exec(readFileSync(file, "utf8"))) || ["is not ready yet"];
  return `the stack of ${config.DATA_FOLDER} runs already: process ${pid}, ${address}
Stop it with Ctrl-C where it was started, or with: kill ${pid}`;
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
