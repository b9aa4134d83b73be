import { dirname, join } from "node:path";

/** Files of a folder, tests not counted. */
const MOST_FILES = 25;

/**
 * What the files of a room never import: files by their path, packages by their name. That the rooms of the domain import
 * one another in one direction only follows from the rule on circles.
 */
const ARROWS: readonly (readonly [room: RegExp, never: RegExp, why: string])[] = [
  [
    /^packages\/server\/src\/domain\/(?!.*(testing\/|\.test\.ts$))/,
    /^(?!packages\/server\/src\/(domain|wire)\/|node:async_hooks$|@noble\/hashes\/)/,
    "The domain is pure: no vendor, no transport, no environment.",
  ],
  [
    /^packages\/server\/src\/domain\/.*(testing\/|\.test\.ts$)/,
    /^(?!packages\/server\/src\/(domain|wire|memory|testing)\/|node:|vitest$|fast-check$)/,
    "The domain's tests need nothing but it and the stores in memory.",
  ],
  [
    /^packages\/server\/src\/wire\//,
    /^(?!packages\/server\/src\/wire\/|vitest$)/,
    "wire imports nothing, because browsers and the SDK bundle it.",
  ],
  [
    /^packages\/server\/src\/(?!domain\/|[^/]+$)/,
    /^packages\/server\/src\/domain\/(?!index\.ts$|testing\/)/,
    "Import the domain through domain/index.ts, so that its folders can change.",
  ],
  [
    /^packages\/server\/src\/adapters\//,
    /^@trpc\/|^fastify$|^packages\/server\/src\/(answer|trial|trpc|http)\//,
    "Adapters know the domain and their vendor, nothing above them.",
  ],
  [
    /^packages\/server\/src\/adapters\/(?!.*\btesting\/)/,
    /^@platform-api\/(?!clj-client$)/,
    "Adapters know one package of ours, clj-client; their tests also the embedded DynamoDB.",
  ],
  [
    /^packages\/server\/src\/answer\//,
    /^@|^fastify$|^jose$|^packages\/server\/src\/(adapters|trial|trpc|http)\//,
    "Who sends a request is answered alike to tRPC, the lane and forward-auth: it knows the domain alone.",
  ],
  [
    /^packages\/server\/src\/trial\//,
    /^@|^fastify$|^jose$|^packages\/server\/src\/(trpc|http)\//,
    "A trial judges by the rules of the domain and of the verifier, for any interface.",
  ],
  [
    /^packages\/server\/src\/trpc\//,
    /^@platform-api\/|^fastify$|^jose$|^@aws-sdk\/|^packages\/server\/src\/(adapters|http)\//,
    "trpc imports the domain and what answers; http mounts it and apps/platform-api builds its adapters.",
  ],
  [
    /^packages\/server\/src\/http\//,
    /^@platform-api\/|^jose$|^@aws-sdk\/|^packages\/server\/src\/adapters\//,
    "http imports trpc and the domain; only apps/platform-api builds adapters.",
  ],
  [
    /^packages\/server\/src\/memory\//,
    /^(?!packages\/server\/src\/(memory\/|(domain|trpc|answer|trial)\/index\.ts$|[^/]+\.ts$))/,
    "memory imports what answers a request alone, because the SDK's mocks bundle it for browsers.",
  ],
  [
    /^packages\/client\/(?!src\/testing\/)/,
    /^@platform-api\/(?!server\/(router|wire)$)|^packages\/(?!client\/)/,
    "The SDK knows only the type of the router and the wire vocabulary, whose source it bundles.",
  ],
  [
    /^packages\/client\/src\/testing\//,
    /^@platform-api\/(?!server\/(memory|router|wire)$)|^packages\/(?!client\/)/,
    "The SDK's mocks are the server on its stores in memory.",
  ],
  [
    /^packages\/clj-client\//,
    /^@platform-api\//,
    "clj-client stands alone: it knows the directory's wire format and nothing of ours.",
  ],
  [
    /^packages\/leak\/(?!.*\.test\.ts$)/,
    /^@platform-api\/|^packages\/(?!leak\/)/,
    "The repair of other databases stands alone: who a subject is, it is told by apps/platform-api.",
  ],
  [
    /^(apps|packages\/(?!contract-tests\/))/,
    /^@platform-api\/contract-tests|^packages\/contract-tests\//,
    "Nothing imports the contract tests.",
  ],
  [
    /^apps\/(agentic-backend|frontend)\/(?!src\/testing\/)/,
    /^@platform-api\/(?!client($|\/))|^packages\/|^apps\/(platform-api|dev)\//,
    "The consumers know the SDK alone.",
  ],
  [
    /^apps\/(agentic-backend|frontend)\/src\/testing\//,
    /^@platform-api\/(?!client($|\/)|embedded-dynamodb\/testing$)|^packages\/|^apps\/(platform-api|dev)\//,
    "The consumers' tests know the SDK and the embedded DynamoDB.",
  ],
  [
    /^deploy\/release\//,
    /^(?!deploy\/release\/|node:|semver$|vitest$)/,
    "The release imports nothing of what it releases, which may not be built yet.",
  ],
];

/** @param sources TypeScript, by its path from the project's root */
export function problemsOf(sources: ReadonlyMap<string, string>): readonly string[] {
  const imports = [...sources].flatMap(([file, text]) =>
    importsOf(file, text).map((imported) => [file, imported] as const),
  );
  const forbidden = imports.flatMap(([file, imported]) =>
    ARROWS.filter(([room, never]) => room.test(file) && never.test(imported)).map(
      ([, , why]) => `${file} imports ${imported}: ${why}`,
    ),
  );
  const rooms = [...sources.keys()].filter(isSource);
  const crowded = [...Map.groupBy(rooms, dirname)].flatMap(([folder, { length }]) =>
    length > MOST_FILES ? [`${folder} has ${length} files: more than ${MOST_FILES} are not one room`] : [],
  );
  return [...forbidden, ...crowded, ...circleIn(imports.filter((pair) => pair.every(isSource)))];
}

function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/^(?:import|export|\}).*? from "(.+)";|^import "(.+)";|\bimport\("(.+?)"\)/gm);
  return [...found].map(([, from, whole, later]) => {
    const imported = from ?? whole ?? later ?? "";
    return imported.startsWith(".") ? join(dirname(file), imported) : imported;
  });
}

/** Whether it counts as a file of its room. Tests and their tools do not, and an `index.ts` is an entrance. */
function isSource(file: string): boolean {
  return (
    /^(apps|packages)\/.*\.tsx?$/.test(file) &&
    !/\.(test|fixture|config)\.tsx?$|\.d\.ts$|\/(testing|test-servers|contract-tests)\//.test(file)
  );
}

/** One circle of folders that import one another, with a file for each step. */
function circleIn(imports: readonly (readonly [file: string, imported: string])[]): string[] {
  const steps = imports
    .filter(([file]) => !file.endsWith("/index.ts"))
    .map(([file, imported]) => ({ file, imported, from: dirname(file), to: dirname(imported) }))
    .filter(({ from, to }) => from !== to);
  let left = steps;
  for (let before = 0; before !== left.length; ) {
    before = left.length;
    const leading = new Set(left.map(({ from }) => from));
    left = left.filter(({ to }) => leading.has(to));
  }
  const walked: typeof steps = [];
  for (let next = left[0]; next !== undefined && !walked.includes(next); ) {
    walked.push(next);
    const { to } = next;
    next = left.find(({ from }) => from === to);
  }
  const last = walked.at(-1);
  const circle = walked.slice(walked.findIndex(({ from }) => from === last?.to));
  return circle.length === 0
    ? []
    : [
        `folders import one another in a circle:${circle.map(({ file, imported }) => `\n  ${file} imports ${imported}`).join("")}`,
      ];
}
