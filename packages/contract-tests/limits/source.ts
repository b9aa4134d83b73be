import { execFileSync } from "node:child_process";
import { readServerConfig, type ServerConfig } from "@platform-api/platform-api";
import { fileText, ROOT } from "../pages/page.ts";

/** The defaults of the variables, as `serve` reads them. */
export const DEFAULTS: ServerConfig = readServerConfig({
  AUTH0_ISSUER: "https://issuer.example/",
  AUTH0_AUDIENCE: "a",
  AUTH0_CLAIM_NAMESPACE: "c",
  CLJ_PG_WRAPPER_URL: "https://directory.example",
  CLJ_PG_WRAPPER_TOKEN: "t",
  DYNAMODB_TABLE: "table",
  AWS_REGION: "eu-central-1",
});

/** Where bounds are: the sources, without tests. */
const SOURCES = [
  "packages/server/src",
  "packages/clj-client/src",
  "packages/client/src",
  "apps/platform-api/src",
  ":!*.test.ts",
  ":!*/testing/*",
  ":!*.fixture.ts",
];
const FILES = execFileSync("git", ["ls-files", ...SOURCES], { cwd: ROOT, encoding: "utf8" }).split("\n");

/**
 * A number in a source file of this name: that of a constant or property, or what a pattern finds.
 * @throws unless exactly one file of the name has it
 */
export function numberOf(file: string, of: string | RegExp): number {
  const pattern = typeof of === "string" ? new RegExp(`\\b${of}(?: = |: )([\\d_.e* ]*\\d)`) : of;
  const named = FILES.filter((path) => path.endsWith(`/${file}`));
  const [text, ...others] = named.flatMap((path) => pattern.exec(fileText(path))?.[1] ?? []);
  if (text === undefined || others.length > 0) throw new Error(`not one file ${file} has ${of}`);
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
export const perMinute = (calls: number): string => `${count(calls)} a minute`;

/** The default of a variable, whose unit is in its name. */
export function defaultOf(variable: keyof ServerConfig): string {
  const value = Number(DEFAULTS[variable]);
  if (variable.endsWith("_PER_MINUTE")) return perMinute(value);
  if (variable.endsWith("_SECONDS")) return time(value * 1_000);
  return variable.endsWith("_MS") ? time(value) : count(value);
}
