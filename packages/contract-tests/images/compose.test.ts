import { execFileSync } from "node:child_process";
import { AGENTIC_BACKEND_VARIABLES, readConfig } from "@platform-api/agentic-backend";
import { FRONTEND_VARIABLES } from "@platform-api/frontend/environment";
import { readServerConfig, SERVER_VARIABLES } from "@platform-api/platform-api";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { fileText, ROOT } from "../pages/page.ts";
import { environmentFile, imageVariables, PAGE, rowOf, TARGETS } from "./page.ts";

/**
 * Compose itself does not run in tests, so this shape says what each service may do. Any other key is an error: nothing is in the
 * file that no test has seen.
 */
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
  environment: z.record(z.string(), z.coerce.string()).default({}),
  ports: z.tuple([z.string()]),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
});
const { services, configs } = z
  .object({
    services: z.record(z.enum(TARGETS), serviceShape),
    configs: z.record(z.string(), z.strictObject({ file: z.string() })),
  })
  .parse(parse(fileText("compose.yaml"), { merge: true }));

/** What the AWS SDK reads besides. */
const AWS_VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const VARIABLES = {
  "platform-api": [...SERVER_VARIABLES, ...AWS_VARIABLES],
  "agentic-backend": [...AGENTIC_BACKEND_VARIABLES, ...AWS_VARIABLES],
  frontend: FRONTEND_VARIABLES,
};

/** All variables that a service gets. */
function environmentOf(name: (typeof TARGETS)[number]): Record<string, string> {
  const { env_file: file, environment } = services[name];
  const ofFile = file === undefined ? {} : environmentFile(file);
  return Object.assign(imageVariables(name), ofFile, environment);
}

describe.each(TARGETS)("the service %s", (name) => {
  const { build, image, mem_limit, ports, stop_grace_period } = services[name];
  const { port, memoryMb } = rowOf(name);

  it("is built as the page builds it, from its target and with its name", () => {
    expect([build.target, image]).toEqual([name, name]);
    expect(PAGE.commands).toContainEqual(
      expect.stringMatching(
        new RegExp(`^docker build --pull --target ${name} --tag ${name} --build-arg REVISION=".*" \\.$`),
      ),
    );
  });

  it("has the memory of the page, and its port on the loopback address alone", () => {
    const { PORT, HOST } = environmentOf(name);
    expect([mem_limit, PORT, HOST]).toEqual([`${memoryMb}m`, port, "0.0.0.0"]);
    expect(ports).toEqual([`127.0.0.1:${port}:${port}`]);
  });

  it("gets only variables that it reads", () => {
    const known = [...VARIABLES[name], "NODE_ENV", "HOME"];
    expect(Object.keys(environmentOf(name)).filter((variable) => !known.includes(variable))).toEqual([]);
  });

  it("has more time to stop than its requests may take", () => {
    const { SHUTDOWN_DRAIN_MS } = readServerConfig(environmentOf("platform-api"));
    expect(Number.parseInt(stop_grace_period, 10) * 1_000).toBeGreaterThan(SHUTDOWN_DRAIN_MS + 5_000);
  });
});

it("compose.yaml has the metrics of platform-api on a port that is not published", () => {
  const { METRICS_PORT } = readServerConfig(environmentOf("platform-api"));
  expect(services["platform-api"].ports.join()).not.toContain(`${METRICS_PORT}`);
});

it("compose.yaml gives agentic-backend the name of platform-api, and the frontend its configuration", () => {
  const { PLATFORM_URL } = readConfig(environmentOf("agentic-backend"));
  expect(PLATFORM_URL).toBe(`http://platform-api:${environmentOf("platform-api").PORT}`);
  expect(services.frontend.configs).toEqual([
    { source: "frontend", target: environmentOf("frontend").CONFIG_FILE },
  ]);
  expect(configs).toEqual({ frontend: { file: "./config.json" } });
});

it("docs/deploy-images.md runs platform-api without Compose as compose.yaml does", () => {
  const [command = ""] = PAGE.commands.filter((line) => line.startsWith("docker run --detach "));
  const { image, mem_limit, stop_grace_period, ports, restart } = services["platform-api"];
  for (const option of [
    ` --restart ${restart} `,
    ` --publish ${ports[0]} `,
    " --read-only --cap-drop ALL --security-opt no-new-privileges ",
    ` --memory ${mem_limit} `,
    ` --stop-timeout ${Number.parseInt(stop_grace_period, 10)} ${image}`,
  ])
    expect(command).toContain(option);
});

it("git ignores the files with secrets", () => {
  const files = ["platform-api.env", "agentic-backend.env", "config.json"];
  const args = ["check-ignore", "--no-index", ...files];
  expect(execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim().split("\n")).toEqual(files);
});

it("the stage `build`, which no test runs, has the locked versions and copies what is in the context, without secrets", () => {
  const [, base, stage = ""] =
    /^FROM (\S+) AS build\n([\s\S]*?)^FROM node:24-slim AS runtime$/m.exec(fileText("Dockerfile")) ?? [];
  const [, copied = ""] = /^COPY (.+) \.\/$/m.exec(stage) ?? [];
  expect([base, stage.includes('"--frozen-lockfile"'), copied]).toEqual(["node:24", true, expect.anything()]);
  const context = fileText(".dockerignore").split("\n");
  const expected = ["*", "**/.env*", "**/*.env", ...copied.split(" ").map((file) => `!${file}`)];
  expect(context).toEqual(expect.arrayContaining(expected));
});
