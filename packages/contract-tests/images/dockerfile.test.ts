import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DockerfileParser, type Instruction, type JSONInstruction } from "dockerfile-ast";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, in order. */
function stagesOf(text: string): Stage[] {
  const dockerfile = DockerfileParser.parse(text);
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const from of dockerfile.getFROMs()) {
    stages.push({ name: from.getBuildStage() ?? "", base: from.getImage() ?? "", instructions: [] });
  }
  let index = -1;
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === "FROM") index += 1;
    else stages[index]?.instructions.push(instruction);
  }
  return stages;
}

const stages = stagesOf(read("Dockerfile"));
const [build, runtime, ...targets] = stages;
const named = (stage: Stage | undefined, keyword: string) =>
  (stage?.instructions ?? []).filter((each) => each.getKeyword() === keyword);
const values = (stage: Stage | undefined, keyword: string) =>
  named(stage, keyword).map((each) => each.getArgumentsContent());
const isJson = (instruction: Instruction): instruction is JSONInstruction => "getJSONStrings" in instruction;
const jsonOf = (instruction: Instruction | undefined): string[] =>
  instruction !== undefined && isJson(instruction)
    ? instruction.getJSONStrings().map((text) => text.getJSONValue())
    : [];

/** Runs the command of the health check. @returns its exit status */
async function runHealthCheck(port: number): Promise<unknown> {
  const [, command = "[]"] = /CMD (\[.*\])$/.exec(values(runtime, "HEALTHCHECK")[0] ?? "") ?? [];
  const [file, ...args] = z.array(z.string()).parse(JSON.parse(command));
  expect(file).toBe("node");
  const child = spawn(process.execPath, args, { env: { PORT: `${port}` }, stdio: "ignore" });
  const [status] = await once(child, "exit");
  return status;
}

async function listenOnFreePort(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return typeof address === "object" ? Number(address?.port) : 0;
}

async function closed(server: Server): Promise<void> {
  await once(server.close(), "close");
}

describe("the Dockerfile", () => {
  it("builds on node:24, and runs each target on node:24-slim", () => {
    expect(stages.map(({ name, base }) => [name, base])).toEqual([
      ["build", "node:24"],
      ["runtime", "node:24-slim"],
      ["platform-api", "runtime"],
      ["agentic-backend", "runtime"],
      ["frontend", "runtime"],
    ]);
  });

  it("installs the packages before it copies our code, so that they stay in the cache", () => {
    const order =
      build?.instructions.map((each) => `${each.getKeyword()} ${each.getArgumentsContent()}`) ?? [];
    const at = (text: RegExp) => order.findIndex((line) => text.test(line));
    expect(at(/^COPY pnpm-lock\.yaml/)).toBeGreaterThan(-1);
    expect(at(/^RUN .*"fetch"/)).toBeGreaterThan(at(/^COPY pnpm-lock\.yaml/));
    expect(at(/^COPY \. \.$/)).toBeGreaterThan(at(/^RUN .*"fetch"/));
    expect(at(/--frozen-lockfile/)).toBeGreaterThan(at(/^COPY \. \.$/));
  });

  it("needs no shell: every command is a JSON array", () => {
    const commands = stages.flatMap((stage) =>
      ["RUN", "CMD", "ENTRYPOINT"].flatMap((keyword) => named(stage, keyword)),
    );
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) expect(jsonOf(command), command.toString()).not.toEqual([]);
    expect(values(runtime, "HEALTHCHECK")).toEqual([expect.stringMatching(/CMD \["node", "-e", "fetch\(/)]);
    for (const stage of targets) expect(values(stage, "HEALTHCHECK"), stage.name).toEqual([]);
  });

  it("runs nothing in the stages that are shipped, and sets one user without rights", () => {
    const shipped = [runtime, ...targets];
    for (const stage of shipped) expect(values(stage, "RUN")).toEqual([]);
    expect(values(runtime, "USER")).toEqual(["65532:65532"]);
    for (const stage of targets) expect(values(stage, "USER"), stage.name).toEqual([]);
  });

  it("sets production, every address and a home for each target, and a port of its own", () => {
    expect(values(runtime, "ENV")).toEqual(["NODE_ENV=production HOST=0.0.0.0 HOME=/app"]);
    const variables = targets.map((stage) => [stage.name, ...values(stage, "ENV")]);
    expect(variables).toEqual([
      ["platform-api", "PORT=4000"],
      ["agentic-backend", "PORT=4001"],
      ["frontend", "PORT=4002 CONFIG_FILE=/config/config.json"],
    ]);
  });

  it.each([
    ["healthy while /livez answers 200", "/livez", 0],
    ["unhealthy while only /readyz does", "/readyz", 1],
    ["unhealthy while nothing listens", null, 1],
  ])("has a health check that finds a process %s", async (_, path, status) => {
    const server = createServer(({ url }, response) => response.writeHead(url === path ? 200 : 503).end());
    const port = await listenOnFreePort(server);
    if (path === null) await closed(server);
    else onTestFinished(() => closed(server));
    expect(await runHealthCheck(port)).toBe(status);
  });

  it("uses no ADD, no latest, and no secret", () => {
    for (const stage of stages) {
      expect(values(stage, "ADD")).toEqual([]);
      expect(stage.base).toMatch(/^(node:24|node:24-slim|runtime)$/);
      const names = [...named(stage, "ARG"), ...named(stage, "ENV")].join("\n");
      expect(names).not.toMatch(/secret|token|password|credential|api_?key|aws_/i);
    }
  });

  it.each(targets)(
    "$name has an entry point that starts its one file with three quarters of the memory",
    (stage) => {
      const [node, memory, file] = jsonOf(named(stage, "ENTRYPOINT")[0]);
      expect([node, memory]).toEqual(["node", "--max-old-space-size-percentage=75"]);
      expect(file).toBe(`/app/${stage.name}.js`);
      expect(named(stage, "CMD").map(jsonOf)).toEqual(stage.name === "platform-api" ? [["serve"]] : []);
    },
  );
});

const tsdownShape = z.object({
  default: z.object({ entry: z.record(z.string(), z.string()), outDir: z.string().default("dist") }),
});

it("copies only what the build makes", async () => {
  const made: string[] = ["/src/apps/frontend/dist"]; // by vite
  for (const app of ["platform-api", "agentic-backend", "frontend"]) {
    const config: unknown = await import(pathToFileURL(join(ROOT, "apps", app, "tsdown.config.ts")).href);
    const { entry, outDir } = tsdownShape.parse(config).default;
    for (const name of Object.keys(entry)) made.push(`/src/apps/${app}/${outDir}/${name}.js`);
    expect(
      z
        .object({ scripts: z.object({ build: z.string() }) })
        .parse(JSON.parse(read(`apps/${app}/package.json`))),
    ).toMatchObject({ scripts: { build: expect.stringMatching(/tsdown$/) } });
  }
  const copied = targets.flatMap((stage) => values(stage, "COPY")).map((text) => text?.split(" ") ?? []);
  expect(copied.map(([source]) => source).sort()).toEqual(made.sort());
  for (const stage of targets)
    for (const copy of named(stage, "COPY")) expect(copy.toString()).toContain("--from=build");
});

describe("the build context", () => {
  const lines = read(".dockerignore")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

  it("has only what is listed, and every listed file exists", () => {
    expect(lines[0]).toBe("*");
    for (const line of lines.filter((each) => each.startsWith("!")))
      expect(existsSync(join(ROOT, line.slice(1))), line).toBe(true);
  });

  it("has what the stage `build` copies by name", () => {
    const [first = ""] = values(build, "COPY");
    const files = first?.split(" ").slice(0, -1) ?? [];
    expect(files).toEqual(["pnpm-lock.yaml", "pnpm-workspace.yaml"]);
    for (const file of files) expect(lines).toContain(`!${file}`);
  });

  it("has no environment file and no build of this machine", () => {
    for (const pattern of ["**/node_modules", "**/dist", "**/.env*", "**/*.env"])
      expect(lines).toContain(pattern);
  });
});
