import { deepEqual, equal } from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkToken } from "./checks.mjs";

const { PLATFORM_API_URL, TOKEN } = process.env;
const docs = readFileSync(new URL("../../docs/sdk.md", import.meta.url), "utf8");
const blocks = [...docs.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text);
const code = stripTypeScriptTypes(blocks.find((text) => text.includes("httpBatchLink(")));
const file = join(process.cwd(), `.trpc-of-docs-${process.pid}.mjs`); // where tRPC is installed
writeFileSync(file, code);
const { createPlainClient } = await import(pathToFileURL(file)).finally(() => rmSync(file));

const batches = [];
const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  batches.push(new URL(url).pathname.split(",").length);
  return fetch(url, init);
};
const platform = createPlainClient(PLATFORM_API_URL, TOKEN);
const users = await Promise.all(Array.from({ length: 11 }, () => platform.auth.validate.query()));
globalThis.fetch = fetch;
deepEqual(batches, [10, 1]);
const userId = await checkToken(TOKEN);
deepEqual([...new Set(users.map((user) => user.userId))], [userId]);
const [found] = await platform.org.members.lookup.query({ organizationId: "acme", userIds: [userId] });
equal(found?.userId, userId);
