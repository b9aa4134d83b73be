import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

function run(env: Record<string, string>) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN], { env: { ...(PATH !== undefined && { PATH }), ...env } });
  return { child, ended: once(child, "close"), stderr: text(child.stderr) };
}

it("does not start with a wrong environment, and says why", async () => {
  const { child, ended, stderr } = run({ PORT: "s3cret" });
  const stdout = text(child.stdout);
  expect(await ended).toEqual([1, null]);
  expect(await stderr).toMatch(/^wrong configuration:\n {2}PORT .*\n {2}PLATFORM_URL .*\n.*RUNS_TABLE/);
  expect(`${await stdout}${await stderr}`).not.toMatch(/s3cret| {4}at /);
});

it("drains at SIGTERM, a second one changes nothing, and ends with 0", { timeout: 20_000 }, async () => {
  const { child, ended, stderr } = run({
    PORT: "0",
    PLATFORM_URL: "http://127.0.0.1:9",
    RUNS_TABLE: "runs",
    AWS_REGION: "eu-central-1",
  });
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    log += chunk;
  });
  await expect.poll(() => log, { timeout: 10_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(log) ?? [];
  child.kill("SIGTERM");
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  for (const line of log.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  expect(await stderr).toBe("");
});
