import { deepEqual, equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { build } from "esbuild";
import { checkToken } from "./checks.mjs";

const { PLATFORM_API_URL: url, TOKEN: token } = process.env;
const modules = join(import.meta.dirname, "../node_modules");
const folder = join(modules, ".cache/react-native");
const COMPILERS = { linux: "linux64-bin/hermesc", darwin: "osx-bin/hermesc" };

/** Compiles both entries to the bytecode of React Native's engine, without the help of Babel. */
async function compile() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from "@platform-api/client"; export * from "@platform-api/client/react";`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "sdk",
    external: ["react", "react/*"],
  });
  mkdirSync(folder, { recursive: true });
  const [script, bytecode] = ["sdk.js", "sdk.hbc"].map((name) => join(folder, name));
  writeFileSync(script, outputFiles[0].text);
  const hermesc = join(modules, "hermes-compiler/hermesc", COMPILERS[process.platform]);
  execFileSync(hermesc, ["-emit-binary", "-w", "-O", "-out", bytecode, script], { stdio: "inherit" });
}

/** The part of `fetch` that React Native has. Node's own needs globals that are about to go. */
function fetch(address, { method = "GET", headers, body, signal }) {
  return new Promise((resolve, reject) => {
    const sent = request(address, { method, headers }, async (response) => {
      const text = (await response.setEncoding("utf8").toArray()).join("");
      const { statusCode: status, headers: answered } = response;
      const answer = { status, ok: status < 300, url: address, type: "default" };
      const get = (name) => answered[name] ?? null;
      resolve({ ...answer, headers: { get }, json: async () => JSON.parse(text) });
    });
    signal.addEventListener("abort", () => sent.destroy(new Error("aborted")));
    sent.once("error", reject).end(body);
  });
}

const userId = await checkToken(token);
await compile();
await import("../../packages/contract-tests/sdk-package/consumer/react-native-globals.mjs");
const { createPlatformClient, reasonOf } = await import("@platform-api/client");
const { createFreshToken } = await import("@platform-api/client/react");

const platform = createPlatformClient({ url, token, fetch });
equal((await platform.auth.validate.query()).userId, userId);
equal((await platform.org.me.query()).organizations[0]?.id, "acme");
const ask = (token) => createPlatformClient({ url, token, fetch }).auth.validate.query();
equal(await ask("made-up").catch(reasonOf), "TOKEN_INVALID");
const aborting = new AbortController();
const aborted = platform.org.me.query(undefined, { signal: aborting.signal });
aborting.abort();
equal(await aborted.catch(({ cause }) => cause.name), "AbortError");
const fresh = createFreshToken({ token: "old", refresh: async () => token });
const expired = () => Promise.reject(Object.assign(new Error(), { reason: "TOKEN_EXPIRED" }));
deepEqual(await fresh.call((used) => (used === "old" ? expired() : ask(used))), await ask(token));
