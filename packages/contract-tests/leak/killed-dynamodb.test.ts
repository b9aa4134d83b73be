import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDB, paginateScan } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { duringTests } from "../simulator/of-tests.ts";
import { startStack } from "../simulator/stack.ts";
import { startLeak, stoppedAt } from "./commands.ts";
import { randomOf } from "./random.ts";
import { makeRunsTable } from "./runs-table.ts";
import { isKnown, linkPeople, subjectOf, userIdOf } from "./world.ts";

const SIZE = { rows: 1_000, subjects: 100 };
const KILLS = { scan: 1, plan: 2, apply: 6, undo: 3 };
/** `LEAK_SEED=7` chooses the same places, and what is written beside. */
const SEED = Number(process.env.LEAK_SEED ?? Date.now() % 1_000_000);
const MOST_MS = 600_000;
const MOST_STEPS = 40;
const TABLE = "runs-of-others";

const folder = folderOfTests("leak");
const world = duringTests(async () => {
  const stack = await startStack();
  const { endpoint } = stack.dynamodb;
  await linkPeople(stack.environment, SIZE);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDB({ region: "eu-central-1", endpoint, credentials });
  const proxy = await startFaultProxy(endpoint, pass);
  const close = async () => {
    client.destroy();
    await proxy.close();
    await stack.close();
  };
  return {
    environment: { ...stack.environment, DYNAMODB_ENDPOINT: proxy.url },
    endpoint,
    client,
    proxy,
    close,
  };
});

const repaired = (n: number) => (isKnown(n) ? userIdOf(n) : subjectOf(n));

/** An item: of three, one has a subject in its key, one has some inside of it, and one has none. */
function itemOf(row: number, value: (n: number) => string) {
  const user = value(row % SIZE.subjects);
  const item = { n: { N: `${row}` }, count: { N: "0" }, text: { S: `of ${subjectOf(row % SIZE.subjects)}` } };
  if (row % 3 === 0) return { ...item, owner: { S: user }, by: { S: user } };
  const owner = { S: `team-${row % 50}` };
  if (row % 3 === 1) return { ...item, owner };
  const doc = { M: { "a.b": { L: [{ S: user }, { M: { by: { S: user } } }] }, empty: { L: [] } } };
  return { ...item, owner, doc, watchers: { SS: [user, "x"] } };
}

function fill(): Promise<void> {
  const rows = Array.from({ length: SIZE.rows }, (_, row) => itemOf(row, subjectOf));
  return makeRunsTable(world.client, TABLE, rows);
}

/** Counts up rows, under whichever key they have, until it is stopped. @returns how often each row was counted */
function startWriter(random: () => number) {
  const counts = new Map<number, number>();
  let isStopped = false;
  const add = async (row: number, value: (n: number) => string) => {
    const { owner, n } = itemOf(row, value);
    const increment = {
      TableName: TABLE,
      Key: { owner, n },
      UpdateExpression: "ADD #count :one",
      ConditionExpression: "attribute_exists(#count)",
      ExpressionAttributeNames: { "#count": "count" },
      ExpressionAttributeValues: { ":one": { N: "1" } },
    };
    try {
      await world.client.updateItem(increment);
      counts.set(row, (counts.get(row) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof Error && error.name === "ConditionalCheckFailedException")) throw error;
    }
  };
  const written = (async () => {
    while (!isStopped) {
      await sleep(2);
      const row = Math.floor(random() * SIZE.rows);
      await add(row, subjectOf);
      if (itemOf(row, repaired).owner.S !== itemOf(row, subjectOf).owner.S) await add(row, repaired);
    }
    return counts;
  })();
  return {
    async stop() {
      isStopped = true;
      return written;
    },
  };
}

/** What is stored, and how often each row was counted. */
async function stored() {
  const counted = new Map<number, number>();
  const texts: string[] = [];
  for await (const { Items = [] } of paginateScan({ client: world.client }, { TableName: TABLE })) {
    for (const { count, ...item } of Items) {
      texts.push(JSON.stringify(item, inOrder));
      if (count?.N !== "0") counted.set(Number(item.n?.N), Number(count?.N));
    }
  }
  return { counted, texts: texts.sort() };
}

function expected(value: (n: number) => string): readonly string[] {
  const texts = Array.from({ length: SIZE.rows }, (_, row) => {
    const { count: _count, ...item } = itemOf(row, value);
    return JSON.stringify(item, inOrder);
  });
  return texts.sort();
}

/** Attributes and elements of sets have no order. */
function inOrder(name: string, value: unknown): unknown {
  if (name === "SS" && Array.isArray(value)) return value.toSorted();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

it(
  `a repair of a DynamoDB table loses nothing, changes what is planned, and is undone, killed 12 times beside a writer (seed ${SEED})`,
  async () => {
    const random = randomOf(SEED);
    await fill();
    const files = { state: join(folder, "state"), plan: join(folder, "plan"), undo: join(folder, "undo") };
    const run = async (args: readonly string[], times: number) => {
      const command = [...args, "--dynamodb", TABLE];
      const place = () => `${world.proxy.requests.length}`;
      // A plan that ends before it is killed is made again.
      const start = () => {
        if (args[0] === "plan") rmSync(files.plan, { force: true });
        return startLeak(world.environment, folder, command);
      };
      for (let killed = 0, tries = 0; killed < times; tries += 1) {
        if (tries > 3 * times) throw new Error(`${args[0]} was killed only ${killed} times of ${times}`);
        const [steps, laterMs] = [Math.ceil(random() * MOST_STEPS), random() * 30];
        const moment = { steps, laterMs, signal: "SIGKILL" } as const;
        const { status, err } = await stoppedAt(start(), place, moment);
        if (status === "SIGKILL") killed += 1;
        else if (typeof status === "string" || status > 1) throw new Error(err);
      }
      return start().ended;
    };
    const writer = startWriter(random);
    try {
      const ends = [
        await run(["scan", "--state", files.state], KILLS.scan),
        await run(["plan", "-o", files.plan], KILLS.plan),
        await run(["apply", files.plan, "--undo", files.undo, "--yes"], KILLS.apply),
      ];
      expect((await stored()).texts).toEqual(expected(repaired));
      ends.push(await run(["undo", files.undo, "--yes"], KILLS.undo));
      expect(ends.map(({ status }) => status)).toEqual([1, 0, 1, 0]); // one of twenty subjects is unknown
    } finally {
      await writer.stop();
    }
    const counts = await writer.stop();
    const after = await stored();
    expect(after.texts).toEqual(expected(subjectOf));
    expect(after.counted).toEqual(counts);
    const again = await run(["undo", files.undo, "--yes"], 0);
    expect(again.status).toBe(0);
    expect((await stored()).texts).toEqual(after.texts);
  },
  MOST_MS,
);
