import { z } from "zod";
import { fileAt, SERVER_CORE, startPinned } from "./pinned-process.ts";
import { plainRow, type Results, roundsOf } from "./results.ts";
import { type BenchServer, environmentOf, prepareTable, startPlatform, TABLE } from "./servers.ts";
import { quantile } from "./statistics.ts";
import type { Tokens } from "./tokens.ts";
import type { RecordedCall, Upstreams } from "./upstreams.ts";
import { bearer, get, loadOf, VALIDATE } from "./warm-rows.ts";
import { sendFor, sendOnce } from "./wrk.ts";

const GROUP = "what asks the stores";
/** First logins of a round: few, because the machine may become slower between both sides. */
const LOGINS = 40;
const LOGIN_ROUNDS = 32;
/** Until then Node compiles what a first login runs, on both sides. */
const WARMUP_ROUNDS = 24;
const ORG_ME_ROUNDS = 4;
const ORG_ME_MS = 500;
/** As many calls of the SDK as the other side has made by then, so that Node has compiled both as well. */
const ORG_ME_WARMUP_MS = 5_000;
/** The embedded store is slower than platform-api, so more requests at once would only wait. */
const AT_ONCE = 8;
/** In the key of an item that is there: an answer without an item would cost the SDK less. */
const FOUND = "ORG#acme";
/** The table on which the calls of first logins are repeated: there, too, nobody has signed in. */
const SECOND_TABLE = "platform-api-repeated";

export interface UpstreamSetting {
  readonly folder: string;
  readonly tokens: Tokens;
  readonly upstreams: Upstreams;
  readonly standard: BenchServer;
  readonly progress: (text: string) => void;
}

/** The rows, the calls of one first login, and what one read costs the SDK. */
export type UpstreamRows = Pick<Results, "rows" | "firstLoginCalls" | "storeReadMicros">;

const count = z.object({ count: z.number() });

/** Makes calls of upstreams with the AWS SDK and `fetch` alone, in a process of its own. */
function startCaller() {
  const process = startPinned(SERVER_CORE, [fileAt("children/upstream-calls.ts")]);
  const measured = async (message: object) => {
    const beforeNs = process.cpuNs();
    const { count: made } = await process.ask(count, message);
    return { made, cpuNs: process.cpuNs() - beforeNs };
  };
  return {
    load: (calls: readonly RecordedCall[], { store, directory }: Pick<Upstreams, "store" | "directory">) =>
      process.ask(count, { do: "load", store, directory, calls }),
    once: () => measured({ do: "once" }),
    repeat: (ms: number) => measured({ do: "repeat", ms, atOnce: AT_ONCE }),
    stop: () => process.stop(),
  };
}

type Caller = ReturnType<typeof startCaller>;

export async function upstreamRows(setting: UpstreamSetting): Promise<UpstreamRows> {
  const caller = startCaller();
  const { rows, calls } = await firstLogins(setting, caller);
  const getItem = calls.find(({ operation, body }) => operation === "GetItem" && body.includes(FOUND));
  if (getItem === undefined) throw new Error("a first login reads no organization with GetItem");
  await caller.load([getItem], setting.upstreams);
  const { row: me, storeReadMicros } = await orgMe(setting, caller);
  await caller.stop();
  return { rows: [me, ...rows], firstLoginCalls: callsOfOne(calls), storeReadMicros };
}

async function orgMe(setting: UpstreamSetting, caller: Caller) {
  const { standard, tokens, progress } = setting;
  const requests = tokens.warm.map((token) => get("/trpc/org.me", bearer(token)));
  const load = loadOf(setting, standard, requests);
  const ratios: number[] = [];
  const readMicros: number[] = [];
  progress("org.me, warming up");
  await sendFor(ORG_ME_WARMUP_MS, load, AT_ONCE);
  for (let round = 1; round <= ORG_ME_ROUNDS; round++) {
    progress(`org.me, round ${round} of ${ORG_ME_ROUNDS}`);
    const bare = await caller.repeat(ORG_ME_MS);
    const beforeNs = standard.process.cpuNs();
    const { requests: answered } = await sendFor(ORG_ME_MS, load, AT_ONCE);
    const cpuNs = standard.process.cpuNs() - beforeNs;
    ratios.push(cpuNs / answered / (bare.cpuNs / bare.made));
    readMicros.push(bare.cpuNs / bare.made / 1_000);
  }
  const name = "org.me beside one GetItem of the AWS SDK";
  return {
    row: plainRow({ group: GROUP, name, limit: { atMost: 3 }, unit: "times" }, ratios),
    storeReadMicros: quantile(0.5, readMicros),
  };
}

async function firstLogins(setting: UpstreamSetting, caller: Caller) {
  const { folder, tokens, upstreams, progress } = setting;
  await prepareTable({ ...environmentOf(upstreams), DYNAMODB_TABLE: SECOND_TABLE }, folder);
  const { recordedStore: store, recordedDirectory: directory } = upstreams;
  const server = await startPlatform(environmentOf({ ...upstreams, store, directory }));
  const ratios: number[] = [];
  let calls: readonly RecordedCall[] = [];
  const measure = async () => {
    const requests = (await tokens.signNew(LOGINS)).map((token) => get(VALIDATE, bearer(token)));
    await upstreams.takeCalls();
    const beforeNs = server.process.cpuNs();
    await sendOnce(loadOf(setting, server, requests), 1);
    const cpuNs = server.process.cpuNs() - beforeNs;
    calls = await upstreams.takeCalls();
    await caller.load(calls.map(onSecondTable), { store, directory }); // both sides get the same replies
    const bare = await caller.once();
    return cpuNs / bare.cpuNs;
  };
  for (let round = 1; round <= WARMUP_ROUNDS; round++) {
    progress(`first logins, warming up, ${round} of ${WARMUP_ROUNDS}`);
    await measure();
  }
  const name = "first login beside its own calls, bare";
  const row = () => plainRow({ group: GROUP, name, limit: { atMost: 1.2 }, unit: "times" }, ratios);
  for (const round of roundsOf(LOGIN_ROUNDS, () => [row()])) {
    progress(`first logins, round ${round}`);
    ratios.push(await measure());
  }
  await server.process.stop();
  const directoryCalls = calls.filter(({ service }) => service === "directory").length / LOGINS;
  return {
    calls,
    rows: [
      row(),
      plainRow(
        { group: GROUP, name: "directory calls of a first login", limit: { atMost: 1 }, unit: "calls" },
        [directoryCalls],
      ),
    ],
  };
}

function onSecondTable(call: RecordedCall): RecordedCall {
  return { ...call, body: call.body.replaceAll(JSON.stringify(TABLE), JSON.stringify(SECOND_TABLE)) };
}

/** The calls of one first login by their names, on average. */
function callsOfOne(calls: readonly RecordedCall[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation, path } of calls) {
    const name = service === "store" ? operation : path;
    counts[name] = (counts[name] ?? 0) + 1 / LOGINS;
  }
  return Object.fromEntries(Object.entries(counts).map(([name, each]) => [name, Number(each.toFixed(2))]));
}
