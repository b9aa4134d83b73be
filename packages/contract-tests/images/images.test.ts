import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { ROOT } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { backendVariables } from "../simulator/backend-variables.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { type Image, type ImageBuilder, startImageBuilder } from "./buildah.ts";
import { runContainer } from "./container.ts";
import { imageVariables, rowOf } from "./page.ts";

const NOWHERE = "http://127.0.0.1:9";
const STORE = { AWS_REGION: "eu-central-1", DYNAMODB_ENDPOINT: NOWHERE };

/** What each target needs, and a page that it serves. */
const TARGETS = [
  {
    target: "platform-api",
    port: 4_000,
    page: "/openapi.json",
    env: {
      ...STORE,
      DYNAMODB_TABLE: "platform-api",
      AUTH0_ISSUER: `${NOWHERE}/`,
      AUTH0_AUDIENCE: "https://platform-api.example",
      AUTH0_CLAIM_NAMESPACE: "https://platform.example/",
      CLJ_PG_WRAPPER_URL: NOWHERE,
      CLJ_PG_WRAPPER_TOKEN: "service-token",
      MAX_EVENT_LOOP_DELAY_MS: "0", // a busy machine is not what this tests
    },
  },
  {
    target: "agentic-backend",
    port: 4_001,
    page: "/readyz",
    env: { ...STORE, RUNS_TABLE: "runs", ...backendVariables(NOWHERE) },
  },
  { target: "frontend", port: 4_002, page: "/o/acme/members", env: {} },
] as const;

const FRONTEND_CONFIG = {
  issuer: "https://login.example/",
  clientId: "platform-frontend",
  audience: "https://platform.example",
  platformUrl: "https://platform.example",
  agenticBackendUrl: "https://agentic.example",
};

// As root, because the images are mounted.
describeWith(["buildah", "unshare", "nsenter", "setpriv", "root"], "the images", () => {
  let builder: ImageBuilder;
  const images = new Map<string, Image>();
  beforeAll(async () => {
    builder = await startImageBuilder();
    for (const { target } of TARGETS) images.set(target, await builder.build(target));
    // As a container runtime mounts it.
    const { root } = imageOf("frontend");
    mkdirSync(join(root, "config"));
    writeFileSync(join(root, "config/config.json"), JSON.stringify(FRONTEND_CONFIG));
  }, 180_000);
  afterAll(() => builder?.close());

  const imageOf = (target: string): Image => {
    const image = images.get(target);
    if (image === undefined) throw new Error(`${target} is not built`);
    return image;
  };
  const start = (target: string, env: Record<string, string>, args?: string[]) => {
    const container = runContainer(imageOf(target), { HOST: "127.0.0.1", ...env }, args);
    onTestFinished(() => container.remove());
    return container;
  };

  it.each(TARGETS)("$target runs on a read-only filesystem, without rights, until SIGTERM", async (row) => {
    const { target, page, env } = row;
    const [port = 0, otherPort = 0] = await freePorts(2);
    const container = start(target, { ...env, PORT: `${port}` });
    const [, ...check] = imageOf(target).config.Healthcheck.Test;
    await expect
      .poll(() => container.exec(check).catch(() => `unhealthy: ${container.output()}`), {
        timeout: 30_000,
        interval: 250,
      })
      .toBe("");
    await expect(container.exec(check, { PORT: `${otherPort}` })).rejects.toMatchObject({ code: 1 });
    for (const path of ["/livez", page]) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).toBe(200);
    }
    const status = container.status();
    expect(status.get("Uid")).toBe("65532\t65532\t65532\t65532");
    expect(status.get("Gid")).toBe("65532\t65532\t65532\t65532");
    expect(status.get("Groups")?.trim()).toBe("");
    expect(status.get("NSpid")).toMatch(/\t1$/);
    expect(status.get("CapEff")).toMatch(/^0+$/);
    expect(status.get("NoNewPrivs")).toBe("1");
    for (const path of ["/app/new", "/tmp/new"]) {
      const write = ["node", "-e", `require("node:fs").writeFileSync("${path}", "")`];
      await expect(container.exec(write), path).rejects.toThrow("EROFS");
    }

    container.signal("SIGTERM");
    expect(await container.ended).toBe(0);
    for (const line of container.output().trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  });

  it.each(TARGETS)(
    "$target says on which port and address it listens, and what it is",
    ({ target, port }) => {
      const { config } = imageOf(target);
      expect(Object.keys(config.ExposedPorts)).toEqual([`${port}/tcp`]);
      // Three quarters of the memory for the heap, and one file.
      const memory = "--max-old-space-size-percentage=75";
      expect(config.Entrypoint).toEqual(["node", memory, `/app/${target}.js`]);
      expect(config.Labels).toMatchObject({
        "org.opencontainers.image.title": target,
        "org.opencontainers.image.description": expect.stringMatching(/.{20}/),
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.revision": "4f1c2d3",
      });
    },
  );

  it.each(TARGETS)(
    "docs/deploy-images.md says what $target sets, and how large its files are",
    ({ target }) => {
      const { config, root } = imageOf(target);
      const documented = Object.entries(imageVariables(target)).map(([name, value]) => `${name}=${value}`);
      expect(config.Env.filter((entry) => !entry.startsWith("PATH=")).sort()).toEqual(documented.sort());

      const files = readdirSync(join(root, "app"), { recursive: true, encoding: "utf8" });
      const sizes = files.map((file) => statSync(join(root, "app", file))).filter((file) => file.isFile());
      const megabytes = sizes.reduce((sum, { size }) => sum + size, 0) / 1e6;
      expect(Math.abs(rowOf(target).megabytes - megabytes)).toBeLessThan(0.2 * megabytes);
    },
  );

  it("are built from our sources alone, without tests and without what git ignores", async () => {
    const known = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const sources = execFileSync("git", known, { cwd: ROOT, encoding: "utf8" }).split("\0");
    const files = await builder.contextFiles();
    expect(files.filter((file) => !sources.includes(file))).toEqual([]);
    expect(files.filter((file) => /\.test\.tsx?$|^(?:docs|deploy|\.git)\//.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("packages/contract-tests/"))).toEqual([
      "packages/contract-tests/package.json",
    ]);
    for (const app of ["platform-api", "agentic-backend", "frontend"])
      expect(files).toEqual(
        expect.arrayContaining([`apps/${app}/package.json`, `apps/${app}/tsdown.config.ts`]),
      );
  });

  it("platform-api takes the commands of the command line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "images-dynamodb-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const dynamodb = await startEmbeddedDynamodb({ host: "127.0.0.1", port: 0, dataFolder: folder });
    onTestFinished(dynamodb.close);
    const credentials = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" };
    const env = {
      ...STORE,
      ...credentials,
      DYNAMODB_ENDPOINT: dynamodb.endpoint,
      DYNAMODB_TABLE: "platform-api",
    };
    for (const [args, status, text] of [
      [["table", "create"], 0, /platform-api/],
      [["org", "list"], 0, /^/],
      [["nonsense"], 2, /unknown command/],
    ] as const) {
      const container = start("platform-api", env, [...args]);
      expect([args, await container.ended, container.output()]).toEqual([
        args,
        status,
        expect.stringMatching(text),
      ]);
    }
  });

  it.each([
    ["platform-api", "AUTH0_ISSUER"],
    ["agentic-backend", "PLATFORM_URL"],
    ["frontend", "CONFIG_FILE"],
  ])("%s ends with 1 and names %s where that is wrong", async (target, variable) => {
    const container = start(target, { [variable]: "/nowhere" });
    expect(await container.ended).toBe(1);
    expect(container.output()).toContain(variable);
  });
});
