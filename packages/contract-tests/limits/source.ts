import { readFileSync } from "node:fs";
import { readServerConfig, type ServerConfig } from "@platform-api/platform-api";

const ROOT = new URL("../../../", import.meta.url);
const SERVER = "packages/server/src/";

/** The defaults of the variables, as `serve` reads them. */
export const DEFAULTS: ServerConfig = readServerConfig({
  ...{ AUTH0_ISSUER: "https://issuer.example/", AUTH0_AUDIENCE: "a", AUTH0_CLAIM_NAMESPACE: "c" },
  ...{ CLJ_PG_WRAPPER_URL: "https://directory.example", CLJ_PG_WRAPPER_TOKEN: "t" },
  ...{ DYNAMODB_TABLE: "table", AWS_REGION: "eu-central-1" },
});

const constants = new Set<string>();

/** The names of all constants that were read, each with its file. */
export const constantsRead: ReadonlySet<string> = constants;

/** The number of a constant of the source that no package exports. @throws when it is not there */
export function constantOf(file: string, name: string): number {
  const path = file.includes("/src/") ? file : `${SERVER}${file}`;
  constants.add(`${path} ${name}`);
  return literalOf(path, new RegExp(`const ${name} = ([\\d_.e* ]+);`));
}

/** A number in the source, by the text around it. @throws when it is not there */
export function literalOf(file: string, around: RegExp): number {
  const path = file.includes("/src/") ? file : `${SERVER}${file}`;
  const [, text] = around.exec(readFileSync(new URL(path, ROOT), "utf8")) ?? [];
  if (text === undefined) throw new Error(`${path} has no ${around}`);
  const factors = text.split("*").map((factor) => Number(factor.trim().replaceAll("_", "")));
  return factors.reduce((product, factor) => product * factor, 1);
}

const UNITS = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** A time in the largest unit that gives a whole number, or in seconds. */
export function time(ms: number): string {
  const [unit, length] =
    UNITS.find(([name, each]) => ms % each === 0 && (name !== "days" || ms > each)) ?? [];
  if (unit !== undefined) return `${ms / length} ${unit}`;
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

export const kib = (bytes: number): string => `${count(bytes / 1_024)} KiB`;
export const count = (value: number): string => value.toLocaleString("en");
