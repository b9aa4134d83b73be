import { createRequire, registerHooks } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(import.meta.url);
const folderOf = (name: string) => `${pathToFileURL(dirname(resolve(`${name}/package.json`))).href}/`;
const REPLACED = ["react", "react-dom"].map((name) => [folderOf(name), folderOf(`${name}-18`)] as const);

/** Loads React 18 in place of the workspace's React, for every module that imports it. */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const found = nextResolve(specifier, context);
    const [newest, oldest] = REPLACED.find(([folder]) => found.url.startsWith(folder)) ?? ["", ""];
    return { ...found, url: found.url.replace(newest, oldest) };
  },
});
