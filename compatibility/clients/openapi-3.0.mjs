import { deepEqual, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { generate } from "openapi-typescript-codegen";
import { checkToken } from "./checks.mjs";

const { PLATFORM_API_URL, TOKEN } = process.env;
const modules = join(import.meta.dirname, "../node_modules");
const folder = join(modules, ".cache/openapi-3.0");
const file = join(folder, "openapi-3.0.json");
const address = `${PLATFORM_API_URL}/openapi-3.0.json`;
const response = await fetch(address);
ok(
  response.ok,
  `${address} answered ${response.status}: there is no description for generators of OpenAPI 3.0`,
);
const description = await response.json();
match(description.openapi, /^3\.0\.\d$/);
mkdirSync(folder, { recursive: true });
writeFileSync(file, JSON.stringify(description));

// What is new in 3.1 is an error here. In 3.0 no form of a reference that may be null pleases its check of examples.
const ruleset = join(folder, "ruleset.json");
const rules = { "oas3-valid-media-example": "off" };
writeFileSync(ruleset, JSON.stringify({ extends: "spectral:oas", rules }));
execFileSync(
  join(modules, ".bin/spectral"),
  ["lint", file, "--ruleset", ruleset, "--fail-severity", "hint"],
  {
    stdio: "inherit",
  },
);

await generate({
  input: file,
  output: join(folder, "generated"),
  clientName: "Platform",
  httpClient: "fetch",
});
const CONSUMER = `
import { type ApiError, Platform } from "./generated";

export async function ask(BASE: string, TOKEN: string): Promise<[string, string | null]> {
  const { userId, organizationId } = await new Platform({ BASE, TOKEN }).tokens.validate();
  // @ts-expect-error it may be null
  organizationId satisfies string;
  return [userId, organizationId];
}
export const refusal = (error: ApiError) => [error.status, error.body.error.reason];
`;
const entry = join(folder, "consumer.ts");
writeFileSync(entry, CONSUMER);
const options = {
  strict: true,
  noEmit: true,
  target: "es2022",
  module: "esnext",
  moduleResolution: "bundler",
};
const tsconfig = { compilerOptions: { ...options, types: [] }, files: ["consumer.ts"] };
writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
execFileSync(process.execPath, [join(modules, "typescript/bin/tsc"), "-p", folder], { stdio: "inherit" });
const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
const { ask, refusal } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`
);
deepEqual(await ask(PLATFORM_API_URL, TOKEN), [await checkToken(TOKEN), "acme"]);
deepEqual(await ask(PLATFORM_API_URL, "made-up").catch(refusal), [401, "TOKEN_INVALID"]);
