import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const PACKAGES = ["client", "clj-client"] as const;
export type Package = (typeof PACKAGES)[number];

/** The Node versions that the packages support: the oldest and the current one. */
export const NODES: [name: string, file: string][] = [
  ["20", at("../node_modules/node-20/bin/node")],
  ["24", process.execPath],
];

/** The most common TypeScript, installed beside the package, and the newest, from the workspace. */
export const COMPILERS: [common: [version: string, file: string], ...[version: string, file: string][]] = [
  ["5.9", "node_modules/.bin/tsc"],
  ["7.0", at("../../../node_modules/.bin/tsc")],
];

export const NEWEST_COMPILER = COMPILERS.at(-1)?.[1] ?? "";

/** The packages that the consumer installs beside the tarballs. MSW 2, because MSW 3 does not run on Node 20. */
const BESIDE = [
  "fastify@5",
  "express@5",
  "hono@4",
  "@types/express@5",
  "msw@2",
  "react@19",
  "@types/react@19",
  "@tanstack/react-query@5",
  "@trpc/tanstack-react-query@11",
  "typescript@5.9.3",
  "@types/node@24",
];

const INSTALL_FLAGS = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

/** The pnpm that runs the tests, because asking npx for it takes a second each time. */
const { npm_execpath: runner = "" } = process.env;
export const PNPM: [file: string, ...args: string[]] =
  basename(runner) === "pnpm" ? [runner] : ["npx", "-y", "pnpm@12"];

export interface Consumer {
  /** A folder outside the repository, with the packages installed from their tarballs. */
  readonly folder: string;
  readonly tarballs: Readonly<Record<Package, string>>;
  /** Runs a program there. @throws its output if it fails */
  run(file: string, ...args: readonly string[]): Promise<string>;
}

/** Builds and packs both packages as for publishing, and installs them into an empty folder. */
export async function installPacked(): Promise<Consumer> {
  const folder = mkdtempSync(join(tmpdir(), "sdk-package-"));
  const run = runIn(folder);
  mkdirSync(join(folder, "tarballs"));
  for (const name of PACKAGES) {
    const pack = runIn(packageFolder(name));
    await pack(...PNPM, "pack", "--pack-destination", join(folder, "tarballs"));
  }
  const tarball = (prefix: string) => {
    const found = readdirSync(join(folder, "tarballs")).find((file) => file.startsWith(prefix));
    return join(folder, "tarballs", found ?? `no ${prefix}`);
  };
  const tarballs = {
    client: tarball("platform-api-client-"),
    "clj-client": tarball("platform-api-clj-client-"),
  };
  await install(folder, ...Object.values(tarballs), ...BESIDE);
  cpSync(at("consumer"), folder, { recursive: true });
  return { folder, tarballs, run };
}

/** Installs the client's tarball and nothing else into an empty folder. */
export async function installAlone({ folder: consumer, tarballs }: Consumer): Promise<Consumer> {
  const folder = mkdtempSync(`${consumer}-alone-`);
  await install(folder, tarballs.client);
  cpSync(at("consumer/alone.ts"), join(folder, "alone.ts"));
  return { folder, tarballs, run: runIn(folder) };
}

async function install(folder: string, ...packages: readonly string[]): Promise<void> {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await runIn(folder)("npm", "install", ...INSTALL_FLAGS, ...packages);
}

export function packageFolder(name: Package): string {
  return at(`../../${name}`);
}

/** The installed files of the package, by name. */
export function filesOf({ folder }: Consumer, name: Package): ReadonlyMap<string, string> {
  const dist = join(folder, "node_modules/@platform-api", name, "dist");
  return new Map(readdirSync(dist).map((file) => [file, readFileSync(join(dist, file), "utf8")]));
}

export function runIn(cwd: string): Consumer["run"] {
  return async (file, ...args) => {
    try {
      return (await promisify(execFile)(file, args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
    } catch (error) {
      if (!(error instanceof Error && "stdout" in error && "stderr" in error)) throw error;
      throw new Error(`${file} ${args.join(" ")}\n${error.stdout}${error.stderr}`);
    }
  };
}
