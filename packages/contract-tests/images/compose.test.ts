import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AGENTIC_BACKEND_VARIABLES, readConfig } from "@platform-api/agentic-backend";
import { FRONTEND_VARIABLES } from "@platform-api/frontend/environment";
import { readServerConfig, SERVER_VARIABLES } from "@platform-api/platform-api";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { environmentFile } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DOCKERFILE = readFileSync(`${ROOT}Dockerfile`, "utf8");

/** Any other key is an error, so that nothing is in the file that no test has seen. */
const serviceShape = z.strictObject({
  build: z.strictObject({ context: z.literal("."), target: z.string() }),
  image: z.string(),
  restart: z.literal("unless-stopped"),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal("ALL")]),
  security_opt: z.tuple([z.literal("no-new-privileges:true")]),
  pids_limit: z.number(),
  mem_limit: z.string().regex(/^\d+m$/),
  stop_grace_period: z.string().regex(/^\d+s$/),
  logging: z.strictObject({ driver: z.literal("local") }),
  env_file: z.string().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  ports: z.tuple([z.string()]),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
});
const { services, configs } = z
  .object({
    services: z.record(z.string(), serviceShape),
    configs: z.record(z.string(), z.strictObject({ file: z.string() })),
  })
  .parse(parse(readFileSync(`${ROOT}compose.yaml`, "utf8"), { merge: true }));

/** What the AWS SDK reads besides. */
const AWS_VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "platform-api": [...SERVER_VARIABLES, ...AWS_VARIABLES],
  "agentic-backend": [...AGENTIC_BACKEND_VARIABLES, ...AWS_VARIABLES],
  frontend: FRONTEND_VARIABLES,
};

/** The instructions of a final stage, as they are written. */
const stage = (target: string): string =>
  DOCKERFILE.split(`\nFROM runtime AS ${target}\n`)[1]?.split("\nFROM ")[0] ?? "";

/** What the image sets. */
function imageVariables(target: string): Record<string, string> {
  const [, runtime = ""] = /\nFROM node:24-slim AS runtime\n([\s\S]*?)\nFROM /.exec(DOCKERFILE) ?? [];
  const lines = [...`${runtime}\n${stage(target)}`.matchAll(/^ENV (.+)$/gm)].map(([, line = ""]) => line);
  return Object.fromEntries(lines.flatMap((line) => line.split(" ")).map((entry) => entry.split("=", 2)));
}

/** All variables that a service gets. */
const environmentOf = (name: string): Record<string, string> => ({
  ...imageVariables(name),
  ...(services[name]?.env_file === undefined ? {} : environmentFile(services[name].env_file)),
  ...Object.fromEntries(
    Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [key, `${value}`]),
  ),
});

it("compose.yaml runs every target of the Dockerfile", () => {
  const targets = [...DOCKERFILE.matchAll(/^FROM runtime AS (\S+)$/gm)].map(([, name]) => name);
  expect(Object.keys(services)).toEqual(targets);
  for (const [name, { build }] of Object.entries(services)) expect(build.target).toBe(name);
});

describe.each(Object.entries(services))("the service %s", (name, service) => {
  it("gets only variables that it reads", () => {
    const known = [...(VARIABLES[name] ?? []), "NODE_ENV", "HOME"];
    for (const variable of Object.keys(environmentOf(name))) expect(known).toContain(variable);
  });

  it("listens where the image says, and is published on the loopback address alone", () => {
    const { PORT, HOST } = environmentOf(name);
    expect(HOST).toBe("0.0.0.0");
    expect(stage(name)).toContain(`\nEXPOSE ${PORT}\n`);
    expect(service.ports).toEqual([`127.0.0.1:${PORT}:${PORT}`]);
  });

  it("has more time to stop than its requests may take", () => {
    const { SHUTDOWN_DRAIN_MS } = readServerConfig(environmentOf("platform-api"));
    expect(Number.parseInt(service.stop_grace_period, 10) * 1_000).toBeGreaterThan(SHUTDOWN_DRAIN_MS + 5_000);
  });
});

it("platform-api accepts the documented environment, with the metrics on a port that is not published", () => {
  const config = readServerConfig(environmentOf("platform-api"));
  expect(config.METRICS_PORT).toBe(9_464);
  expect(services["platform-api"]?.ports.join()).not.toContain("9464");
});

it("agentic-backend accepts the documented environment, and calls platform-api by its name", () => {
  const { PLATFORM_URL } = readConfig(environmentOf("agentic-backend"));
  expect(PLATFORM_URL).toBe(`http://platform-api:${environmentOf("platform-api").PORT}`);
});

it("the frontend reads its configuration where Compose mounts it", () => {
  expect(services.frontend?.configs).toEqual([
    { source: "frontend", target: environmentOf("frontend").CONFIG_FILE },
  ]);
  expect(configs).toEqual({ frontend: { file: "./config.json" } });
});

it("git ignores the files with secrets", () => {
  const files = ["platform-api.env", "agentic-backend.env", "config.json"];
  const ignored = execFileSync("git", ["check-ignore", "--no-index", ...files], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(ignored.trim().split("\n")).toEqual(files);
});
