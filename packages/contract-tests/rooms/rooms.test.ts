import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../pages/page.ts";
import { problemsOf } from "./rooms.ts";

/** Imports that the architecture forbids, as file and module. */
const FORBIDDEN = [
  ["packages/server/src/domain/planted.ts", "zod"],
  ["packages/server/src/domain/planted.ts", "jose"],
  ["packages/server/src/domain/members/planted.ts", "@trpc/server"],
  ["packages/server/src/domain/planted.test.ts", "@aws-sdk/client-dynamodb"],
  ["packages/server/src/domain/planted.ts", "@platform-api/clj-client"],
  ["packages/server/src/domain/planted.ts", "../adapters/index.ts"],
  ["packages/server/src/domain/members/planted.ts", "../../trpc/index.ts"],
  ["packages/server/src/domain/planted.ts", "../http/index.ts"],
  ["packages/server/src/domain/planted.ts", "node:url"],
  ["packages/server/src/domain/planted.ts", "../memory/identities.ts"],
  ["packages/server/src/wire/planted.ts", "zod"],
  ["packages/server/src/wire/planted.ts", "../domain/index.ts"],
  ["packages/server/src/trpc/planted.ts", "../domain/email.ts"],
  ["packages/server/src/trpc/planted.ts", "../adapters/index.ts"],
  ["packages/server/src/trpc/planted.ts", "../http/index.ts"],
  ["packages/server/src/trpc/planted.ts", "fastify"],
  ["packages/server/src/answer/planted.ts", "../trpc/index.ts"],
  ["packages/server/src/answer/planted.ts", "@trpc/server"],
  ["packages/server/src/answer/planted.ts", "../adapters/index.ts"],
  ["packages/server/src/trial/planted.ts", "../http/index.ts"],
  ["packages/server/src/http/rest/planted.ts", "../../domain/membership/access.ts"],
  ["packages/server/src/http/planted.ts", "../adapters/index.ts"],
  ["packages/server/src/http/planted.ts", "@platform-api/clj-client"],
  ["packages/server/src/adapters/dynamodb/table/planted.ts", "../../../domain/refusal.ts"],
  ["packages/server/src/adapters/dynamodb/table/planted.ts", "../../../http/index.ts"],
  ["packages/server/src/adapters/planted.ts", "../trpc/index.ts"],
  ["packages/server/src/adapters/dynamodb/planted.ts", "../../answer/who.ts"],
  ["packages/server/src/adapters/planted.ts", "@platform-api/client"],
  ["packages/server/src/adapters/dynamodb/planted.ts", "@platform-api/embedded-dynamodb"],
  ["packages/server/src/adapters/dynamodb/testing/planted.ts", "../../../http/index.ts"],
  ["packages/server/src/adapters/dynamodb/testing/planted.ts", "../../../domain/refusal.ts"],
  ["packages/client/src/planted.ts", "@platform-api/server/domain"],
  ["packages/client/src/planted.ts", "@platform-api/server/adapters"],
  ["packages/client/src/planted.ts", "@platform-api/server/memory"],
  ["packages/client/src/planted.ts", "@platform-api/clj-client"],
  ["packages/client/src/testing/planted.ts", "@platform-api/server/domain"],
  ["packages/server/src/memory/planted.ts", "../domain/refusal.ts"],
  ["packages/server/src/memory/planted.ts", "../http/index.ts"],
  ["packages/client/src/planted.ts", "../../server/src/domain/index.ts"],
  ["packages/clj-client/src/planted.ts", "@platform-api/server/domain"],
  ["apps/platform-api/src/planted.ts", "@platform-api/contract-tests"],
  ["apps/dev/start/planted.ts", "../../../packages/contract-tests/pages/page.ts"],
  ["apps/agentic-backend/src/planted.ts", "@platform-api/server/domain"],
  ["apps/agentic-backend/src/planted.ts", "@platform-api/clj-client"],
  ["apps/agentic-backend/src/planted.ts", "@platform-api/embedded-dynamodb"],
  ["apps/agentic-backend/src/testing/planted.ts", "@platform-api/server/wire"],
  ["apps/frontend/src/planted.ts", "@platform-api/server/adapters"],
  ["apps/frontend/src/planted.ts", "../../platform-api/src/main.ts"],
  ["deploy/release/planted.ts", "../../packages/server/src/http/version.ts"],
  ["deploy/release/planted.ts", "zod"],
] as const;

const ALLOWED = [
  ["packages/server/src/domain/planted.test.ts", "../memory/identities.ts"],
  ["packages/server/src/domain/planted.ts", "../wire/reasons.ts"],
  ["packages/server/src/domain/planted.test.ts", "fast-check"],
  ["packages/server/src/wire/planted.ts", "./role.ts"],
  ["packages/server/src/http/planted.ts", "../wire/reasons.ts"],
  ["packages/server/src/http/planted.ts", "../trpc/index.ts"],
  ["packages/server/src/http/planted.ts", "@trpc/server/adapters/fastify"],
  ["packages/server/src/http/planted.test.ts", "../domain/testing/people.ts"],
  ["packages/server/src/adapters/planted.ts", "../domain/index.ts"],
  ["packages/server/src/adapters/planted.ts", "@platform-api/clj-client"],
  ["packages/server/src/adapters/dynamodb/testing/planted.ts", "@platform-api/embedded-dynamodb"],
  ["packages/server/src/trpc/planted.ts", "../domain/index.ts"],
  ["packages/server/src/trpc/planted.ts", "../answer/who.ts"],
  ["packages/server/src/trial/planted.ts", "../adapters/index.ts"],
  ["packages/client/src/planted.ts", "@platform-api/server/router"],
  ["packages/client/src/planted.ts", "@platform-api/server/wire"],
  ["packages/server/src/memory/planted.ts", "../trpc/index.ts"],
  ["packages/client/src/testing/planted.ts", "@platform-api/server/memory"],
  ["apps/platform-api/src/planted.ts", "@platform-api/server/adapters"],
  ["apps/agentic-backend/src/planted.ts", "@platform-api/client"],
  ["apps/agentic-backend/src/testing/planted.ts", "@platform-api/embedded-dynamodb/testing"],
  ["deploy/release/planted.ts", "semver"],
  ["deploy/release/planted.ts", "node:path"],
] as const;

const importOf = (module: string) => `import type { planted } from "${module}";\n`;
const problemsIn = (files: Readonly<Record<string, string>>) => problemsOf(new Map(Object.entries(files)));

it.each(FORBIDDEN)("%s may not import %s", (file, module) => {
  expect(problemsIn({ [file]: importOf(module) })).not.toEqual([]);
});

it.each(ALLOWED)("%s may import %s", (file, module) => {
  expect(problemsIn({ [file]: importOf(module) })).toEqual([]);
});

it.each([
  ["a list of names", 'import {\n  one,\n  other,\n} from "zod";\n'],
  ["an export", 'export { one } from "zod";\n'],
  ["an effect", 'import "zod";\n'],
  ["a later import", 'const later = () => import("zod");\n'],
])("an import is seen as %s", (_, text) => {
  expect(problemsIn({ "packages/server/src/wire/planted.ts": text })).toHaveLength(1);
});

/** Rooms of the frontend, each with the rooms that it imports. */
function rooms(of: Readonly<Record<string, readonly string[]>>, file = "planted.ts") {
  const path = (room: string, name: string) => `apps/frontend/src/${room}/${name}`;
  return Object.fromEntries(
    Object.entries(of).map(([room, others]) => [
      path(room, file),
      others.map((other) => importOf(`../${other}/planted.ts`)).join(""),
    ]),
  );
}

it.each([
  ["two folders", { pages: ["ui"], ui: ["pages"] }],
  ["a folder and one inside of it", { pages: ["pages/account"], "pages/account": ["../pages"] }],
  ["three folders behind two others", { app: ["a"], a: ["b"], b: ["c"], c: ["a", "end"], end: [] }],
])("a circle of %s is named with its files", (_, of) => {
  const [problem, ...others] = problemsIn(rooms(of));
  expect(others).toEqual([]);
  expect(problem).toMatch(/^folders import one another in a circle:(\n {2}apps\S+ imports apps\S+){2,3}$/);
});

it("no circle is found where one folder imports many, through an entrance, or in tests", () => {
  expect(problemsIn(rooms({ app: ["a", "b"], a: ["c"], b: ["c"], c: [] }))).toEqual([]);
  const back = importOf("../pages/planted.ts");
  for (const entrance of ["index.ts", "planted.test.ts", "planted.fixture.ts"])
    expect(problemsIn({ ...rooms({ pages: ["ui"] }), [`apps/frontend/src/ui/${entrance}`]: back })).toEqual(
      [],
    );
});

it.each([
  [25, 0],
  [26, 1],
])("%i files in a folder are %i problems, tests not counted", (count, problems) => {
  const files = Array.from({ length: count }, (_, index) => [
    `apps/frontend/src/app/planted-${index}.ts`,
    "",
  ]);
  const test = ["apps/frontend/src/app/planted.test.ts", ""];
  expect(problemsIn(Object.fromEntries([...files, test]))).toHaveLength(problems);
});

it("`pnpm lint` runs these rules", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(scripts.lint).toBe(
    [
      "biome check --error-on-warnings .",
      ...["words", "rooms"].map((check) => `node packages/contract-tests/${check}/main.ts`),
    ].join(" && "),
  );
});
