import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../pages/page.ts";
import { runLines } from "../pages/shell.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { PAGE } from "./page.ts";

const folder = folderOfTests("sbom");

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
  "@platform-api/embedded-dynamodb",
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
    const command = PAGE.commands.find((line) => line.endsWith(`> ${app}.cdx.json`)) ?? "";
    const file = join(folder, `${app}.cdx.json`);
    await runLines(command.replace(/(?<= > )\S+$/, file), { folder: ROOT });
    const sbom = JSON.parse(readFileSync(file, "utf8"));
    const { metadata, components } = sbomShape.parse(sbom);
    expect(metadata.component.name).toBe(app);
    const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    expect(names).toEqual(expect.arrayContaining(used));
    for (const name of DEVELOPMENT) expect(names).not.toContain(name);
    for (const { purl } of components) expect(purl).toMatch(/^pkg:npm\/.+@.+/);
  },
);
