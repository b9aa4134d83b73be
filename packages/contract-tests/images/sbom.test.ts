import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { z } from "zod";
import { COMMANDS } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const sbomShape = z.object({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.string(),
  metadata: z.object({ component: z.object({ name: z.string() }) }),
  components: z.array(
    z.object({ group: z.string().optional(), name: z.string(), version: z.string(), purl: z.string() }),
  ),
});

/** Packages that only tests and checks use. */
const DEVELOPMENT = [
  "vitest",
  "@biomejs/biome",
  "knip",
  "msw",
  "dynalite",
  "fast-check",
  "playwright-core",
  "tsdown",
];

it.each([
  ["platform-api", ["jose", "fastify", "@aws-sdk/client-dynamodb", "@trpc/server", "zod", "pino"]],
  ["agentic-backend", ["fastify", "@fastify/cors", "@aws-sdk/client-dynamodb", "zod"]],
  ["frontend", ["react", "react-dom", "oidc-client-ts", "@trpc/client", "zod"]],
])(
  "docs/deploy-images.md: the SBOM of %s names what it runs, and not what only tests use",
  async (app, used) => {
    const command = COMMANDS.find((line) => line.endsWith(`> ${app}.cdx.json`)) ?? "";
    const printed = command.replace(/ > \S+$/, "");
    expect(printed).not.toBe("");
    const { stdout } = await promisify(execFile)("bash", ["-c", printed], {
      cwd: ROOT,
      maxBuffer: 64 * 2 ** 20,
    });
    const { metadata, components } = sbomShape.parse(JSON.parse(stdout));
    expect(metadata.component.name).toBe(app);
    const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    expect(names).toEqual(expect.arrayContaining(used));
    for (const name of DEVELOPMENT) expect(names).not.toContain(name);
    for (const { purl } of components) expect(purl).toMatch(/^pkg:npm\/.+@.+/);
  },
);
