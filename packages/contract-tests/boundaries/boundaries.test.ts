import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../pages/page.ts";
import { folderOfTests } from "../platform/folder-of-tests.ts";

/** Imports that the architecture forbids, as folder and module. */
const FORBIDDEN = [
  ["packages/server/src/domain", "zod"],
  ["packages/server/src/domain", "jose"],
  ["packages/server/src/domain", "@trpc/server"],
  ["packages/server/src/domain", "@aws-sdk/client-dynamodb"],
  ["packages/server/src/domain", "@platform-api/clj-client"],
  ["packages/server/src/domain", "../adapters/index.ts"],
  ["packages/server/src/domain", "../trpc/index.ts"],
  ["packages/server/src/domain", "../http/index.ts"],
  ["packages/server/src/domain", "node:process"],
  ["packages/server/src/domain", "./token/claims.ts"],
  ["packages/server/src/domain/token", "../login/login.ts"],
  ["packages/server/src/domain/login", "../identity/resolve-identity.ts"],
  ["packages/server/src/domain/identity", "../membership/access.ts"],
  ["packages/server/src/domain/membership", "../members/members.ts"],
  ["packages/server/src/domain/members", "zod"],
  ["packages/server/src/domain/members", "../operators/relink.ts"],
  ["packages/server/src/domain/settings", "../connections/setup.ts"],
  ["packages/server/src/domain/operators", "../../adapters/index.ts"],
  ["packages/server/src/wire", "zod"],
  ["packages/server/src/wire", "../domain/index.ts"],
  ["packages/server/src/trpc", "../domain/email.ts"],
  ["packages/server/src/http", "../domain/membership/access.ts"],
  ["packages/server/src/adapters/dynamodb/table", "../../../domain/refusal.ts"],
  ["packages/server/src/adapters/dynamodb/table", "../../../http/index.ts"],
  ["packages/server/src/trpc", "../adapters/index.ts"],
  ["packages/server/src/trpc", "../http/index.ts"],
  ["packages/server/src/trpc", "fastify"],
  ["packages/server/src/domain", "../answer/index.ts"],
  ["packages/server/src/adapters", "../answer/index.ts"],
  ["packages/server/src/answer", "../trpc/index.ts"],
  ["packages/server/src/answer", "../http/index.ts"],
  ["packages/server/src/answer", "../adapters/index.ts"],
  ["packages/server/src/answer", "../domain/refusal.ts"],
  ["packages/server/src/answer", "@trpc/server"],
  ["packages/server/src/answer/testing", "../../trpc/testing/memory-services.ts"],
  ["packages/server/src/trial", "../answer/index.ts"],
  ["packages/server/src/trpc", "../trial/index.ts"],
  ["packages/server/src/domain", "../trial/index.ts"],
  ["packages/server/src/adapters", "../trial/index.ts"],
  ["packages/server/src/trial", "../trpc/index.ts"],
  ["packages/server/src/trial", "../http/index.ts"],
  ["packages/server/src/trial", "../domain/refusal.ts"],
  ["packages/server/src/trial", "@platform-api/clj-client"],
  ["packages/server/src/http", "../trial/index.ts"],
  ["packages/server/src/http", "../adapters/index.ts"],
  ["packages/server/src/http/docs/openapi", "../../../adapters/index.ts"],
  ["packages/server/src/http", "@platform-api/clj-client"],
  ["packages/server/src/adapters", "../trpc/index.ts"],
  ["packages/server/src/adapters", "../http/index.ts"],
  ["packages/server/src/adapters/dynamodb", "../../trpc/index.ts"],
  ["packages/server/src/adapters", "@platform-api/client"],
  ["packages/server/src/adapters/dynamodb", "@platform-api/embedded-dynamodb"],
  ["packages/server/src/adapters/dynamodb/testing", "../../../http/index.ts"],
  ["packages/server/src/adapters/dynamodb/testing", "../../../domain/refusal.ts"],
  ["packages/client/src", "@platform-api/server/domain"],
  ["packages/client/src", "@platform-api/server/adapters"],
  ["packages/client/src", "@platform-api/clj-client"],
  ["packages/client/src", "../../server/src/domain/index.ts"],
  ["packages/clj-client/src", "@platform-api/server/domain"],
  ["apps/platform-api/src", "@platform-api/contract-tests"],
  ["apps/agentic-backend/src", "@platform-api/server/domain"],
  ["apps/agentic-backend/src", "@platform-api/clj-client"],
  ["apps/agentic-backend/src", "@platform-api/server/wire"],
  ["apps/agentic-backend/src", "@platform-api/embedded-dynamodb"],
  ["apps/agentic-backend/src/testing", "@platform-api/server/wire"],
  ["apps/frontend/src", "@platform-api/server/adapters"],
  ["apps/frontend/src", "../../platform-api/src/index.ts"],
  ["deploy/release", "../../packages/server/src/version.ts"],
  ["deploy/release", "zod"],
] as const;

const ALLOWED = [
  ["packages/server/src/domain", "node:url"],
  ["packages/server/src/domain", "../wire/reasons.ts"],
  ["packages/server/src/domain/login", "../token/claims.ts"],
  ["packages/server/src/domain/login", "../waiting/abortable.ts"],
  ["packages/server/src/domain/members", "../membership/membership.ts"],
  ["packages/server/src/domain/connections", "../settings/settings.ts"],
  ["packages/server/src/domain/operators", "../domains/lists.ts"],
  ["packages/server/src/domain/token", "../../wire/user-id.ts"],
  ["packages/server/src/wire", "./role.ts"],
  ["packages/server/src/http", "../wire/reasons.ts"],
  ["packages/server/src/http", "../domain/testing/people.ts"],
  ["packages/server/src/adapters", "../domain/index.ts"],
  ["packages/server/src/adapters", "@platform-api/clj-client"],
  ["packages/server/src/adapters/dynamodb/testing", "@platform-api/embedded-dynamodb"],
  ["packages/server/src/trpc", "../domain/index.ts"],
  ["packages/server/src/answer", "../domain/index.ts"],
  ["packages/server/src/trpc", "../answer/index.ts"],
  ["packages/server/src/http", "../answer/index.ts"],
  ["packages/server/src/trial", "../domain/index.ts"],
  ["packages/server/src/trial", "../adapters/index.ts"],
  ["packages/server/src/http", "../trpc/index.ts"],
  ["packages/server/src/http", "@trpc/server/adapters/fastify"],
  ["packages/client/src", "@platform-api/server/router"],
  ["packages/client/src", "@platform-api/server/wire"],
  ["apps/platform-api/src", "@platform-api/server/adapters"],
  ["apps/agentic-backend/src", "@platform-api/client"],
  ["apps/agentic-backend/src/testing", "@platform-api/client"],
  ["apps/agentic-backend/src/testing", "@platform-api/embedded-dynamodb"],
  ["deploy/release", "./semver.ts"],
  ["deploy/release", "node:path"],
] as const;

const project = folderOfTests("boundaries");
cpSync(join(ROOT, "biome.json"), join(project, "biome.json"));

/** Lints one file per import with the project's own rules. @returns the indexes of the refused imports */
function refusedBoundaries(plants: readonly (readonly [folder: string, module: string])[]): Set<number> {
  const files = plants.map(([folder, module], index) => {
    const file = join(project, folder, `planted-${index}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `import type { planted } from "${module}";\n\nexport type Planted = typeof planted;\n`,
    );
    return file;
  });
  const biome = join(ROOT, "node_modules/.bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", ...files];
  const report = run(biome, args);
  return new Set(
    [...report.matchAll(/planted-(\d+)\.ts/g)]
      .filter(() => report.includes("noRestrictedImports"))
      .map(([, index]) => Number(index)),
  );
}

function run(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : "";
  }
}

it("refuses every forbidden import and no other", () => {
  const plants = [...FORBIDDEN, ...ALLOWED];
  const refused = refusedBoundaries(plants);
  const expected = plants.map(([folder, module], index) => [folder, module, index < FORBIDDEN.length]);
  expect(plants.map(([folder, module], index) => [folder, module, refused.has(index)])).toEqual(expected);
});

it("tests the rules that `pnpm lint` runs", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(scripts.lint).toBe(
    "biome check --error-on-warnings . && node packages/contract-tests/words/main.ts",
  );
});
