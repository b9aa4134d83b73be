import { deepEqual } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkToken } from "./checks.mjs";

const { PLATFORM_API_URL, TOKEN } = process.env;
const modules = join(import.meta.dirname, "../node_modules");
const folder = mkdtempSync(join(tmpdir(), "openapi-typescript-")); // Node runs no TypeScript below node_modules
const CONSUMER = `
import createClient from "openapi-fetch";
import type { components, paths } from "./paths.ts";

const { PLATFORM_API_URL: baseUrl = "", TOKEN = "" } = process.env;
const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${TOKEN}\` } });
const me = (await client.GET("/validate")).data;
const userId: string | undefined = me?.userId;
const { error } = await createClient<paths>({ baseUrl }).GET("/validate");
const reason: components["schemas"]["Error"]["error"]["reason"] | undefined = error?.error.reason;
// @ts-expect-error there is no such path
() => client.GET("/who-am-i");
console.log(JSON.stringify({ userId, reason }));
`;
symlinkSync(modules, join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
writeFileSync(join(folder, "consumer.ts"), CONSUMER);
const run = (file, ...args) =>
  execFileSync(process.execPath, [file, ...args], { cwd: folder, encoding: "utf8" });
run(
  join(modules, "openapi-typescript/bin/cli.js"),
  `${PLATFORM_API_URL}/openapi.json`,
  "--output",
  "paths.ts",
);
const flags = [
  "--noEmit",
  "--strict",
  "--module",
  "nodenext",
  "--target",
  "es2022",
  "--allowImportingTsExtensions",
];
run(join(modules, "typescript/bin/tsc"), ...flags, "--types", "node", "consumer.ts");
deepEqual(JSON.parse(run("consumer.ts")), { userId: await checkToken(TOKEN), reason: "TOKEN_MISSING" });
rmSync(folder, { recursive: true });
