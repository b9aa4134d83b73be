import { deepEqual, equal } from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const { APP_ORIGIN, PLATFORM_API_URL } = process.env;
const modules = join(import.meta.dirname, "../node_modules");
const folder = join(modules, ".cache/description");
const file = join(folder, "openapi.json");
const description = await (await fetch(`${PLATFORM_API_URL}/openapi.json`)).json();
mkdirSync(folder, { recursive: true });
writeFileSync(file, JSON.stringify(description));
const bin = (name) => join(modules, ".bin", name);
const silent = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

const TRIED = {
  redocly() {
    const output = execFileSync(bin("redocly"), ["lint", file, "--format=json"], {
      encoding: "utf8",
      env: silent,
    });
    const { problems } = JSON.parse(output.slice(output.indexOf("{")));
    deepEqual(
      problems.map(({ message, ruleId }) => `${ruleId}: ${message}`),
      [],
    );
  },
  spectral() {
    const ruleset = join(folder, "ruleset.json");
    writeFileSync(ruleset, JSON.stringify({ extends: "spectral:oas" }));
    const args = ["lint", file, "--ruleset", ruleset, "--fail-severity", "hint"];
    execFileSync(bin("spectral"), args, { stdio: "inherit" });
  },
  async prism() {
    const { hostname, port } = new URL(APP_ORIGIN);
    const mock = spawn(bin("prism"), ["mock", file, "--host", hostname, "--port", port], {
      stdio: "inherit",
    });
    try {
      while (!(await fetch(`${APP_ORIGIN}/livez`).catch(() => null))) await sleep(200);
      const ask = async (headers) => (await fetch(`${APP_ORIGIN}/validate`, { headers })).status;
      equal(await ask({ authorization: "Bearer token" }), 200);
      const { responses } = description.paths["/validate"].get;
      for (const status of Object.keys(responses).map(Number)) {
        equal(await ask({ authorization: "Bearer token", prefer: `code=${status}` }), status);
      }
    } finally {
      mock.kill();
    }
  },
};

await TRIED[process.argv[2]]();
