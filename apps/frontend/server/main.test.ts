import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";

const CONFIG = {
  issuer: "https://login.example/",
  clientId: "platform-frontend",
  audience: "https://platform-api.example",
  platformUrl: "https://platform.example",
  agenticBackendUrl: "https://agentic.example",
};
/** More bytes than the kernel keeps for a client that does not read. */
const LARGE = 30_000_000;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "frontend-server-"));
  writeFileSync(join(folder, "index.html"), "<title>app</title>");
  writeFileSync(join(folder, "large.bin"), Buffer.alloc(LARGE));
  writeFileSync(join(folder, "good.json"), JSON.stringify(CONFIG));
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ ...CONFIG, issuer: "login", clientId: "" }));
  writeFileSync(join(folder, "text.json"), "issuer: login");
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(env: Record<string, string>) {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main], { cwd: folder, env: { SITE_FOLDER: folder, ...env } });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output.err += text;
  });
  return { child, output, ended: once(child, "close") };
}

const NO_SITE = import.meta.dirname;
it.each<[string, Record<string, string>, RegExp]>([
  ["variables", { PORT: "70000" }, /PORT must be a port\\n {2}CONFIG_FILE is missing/],
  [
    "keys",
    { CONFIG_FILE: "wrong.json" },
    /wrong\.json.* issuer must be an http.*; clientId must not be empty/,
  ],
  ["JSON", { CONFIG_FILE: "text.json" }, /text\.json \(CONFIG_FILE\)/],
  ["a file", { CONFIG_FILE: "gone.json" }, /gone\.json/],
  ["an app", { CONFIG_FILE: "good.json", SITE_FOLDER: NO_SITE }, /\(SITE_FOLDER\) has no index\.html/],
])("does not start without the right %s, and says why", async (_, env, why) => {
  const { output, ended } = start({ PORT: "0", ...env });
  expect(await ended).toEqual([1, null]);
  expect(JSON.parse(output.out)).toMatchObject({ level: "fatal", service: "frontend" });
  expect(output.out).toMatch(why);
  expect(output.err).toBe("");
});

it("serves the file of CONFIG_FILE, and at SIGTERM answers what was asked before and exits with 0", async () => {
  const { child, output, ended } = start({ PORT: "0", HOST: "", CONFIG_FILE: "good.json" });
  await expect.poll(() => output.out).toMatch(/"msg":"listening"/);
  const { url } = JSON.parse(output.out);
  expect(await (await fetch(`${url}/config.json`)).json()).toMatchObject(CONFIG);
  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: "ok" });

  const slow = connect(Number(new URL(url).port), "127.0.0.1");
  const answer = text(slow);
  slow.write("GET / HTTP/1.1\r\nhost: a\r\n");
  // Its body is read only after the signal. A connection that stays open would last until the end of the grace.
  const stalled = await fetch(`${url}/large.bin`, { headers: { connection: "close" } });
  expect((await fetch(url)).status).toBe(200); // so that the server has read the start of the other request
  child.kill("SIGTERM");
  await expect.poll(() => fetch(url).catch(() => "refused")).toBe("refused");
  child.kill("SIGTERM");
  slow.write("\r\n");
  expect(await answer).toMatch(/^HTTP\/1.1 200 OK\r\n.*connection: close\r\n.*<\/title>$/is);
  expect((await stalled.arrayBuffer()).byteLength).toBe(LARGE);
  expect(await ended).toEqual([0, null]);
  expect(
    output.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).msg),
  ).toEqual(["listening", "stopped"]);
  expect(output.err).toBe("");
});

it("T8K: exits with 0 at SIGTERM after the reader of its log has gone", async () => {
  const { child, output, ended } = start({ PORT: "0", CONFIG_FILE: "good.json" });
  await expect.poll(() => output.out).toMatch(/"msg":"listening"/);
  child.stdout.destroy();
  child.kill("SIGTERM");
  expect([await ended, output.err]).toEqual([[0, null], ""]);
});
