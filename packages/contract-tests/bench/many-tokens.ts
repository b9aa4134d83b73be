import { answerTo } from "./request-bytes.ts";
import { plainRow, type Row } from "./results.ts";
import { type Cost, costOnce, ratioRow, type Side } from "./rounds.ts";
import { type BenchServer, environmentOf, type startBare, startPlatform, usedMb } from "./servers.ts";
import { type Tokens, WARM_PEOPLE } from "./tokens.ts";
import type { Upstreams } from "./upstreams.ts";
import { bearer, get, loadOf, VALIDATE } from "./warm-rows.ts";
import { prepare, sendOnce, type Workload } from "./wrk.ts";

/** Small, so that what a pass refreshed still holds after a block, even at `MEMBERSHIP_CACHE_MS`. */
const BLOCK = 5_000;
const GROUP = "many tokens";
/** Of a person: the link, and that the user is not blocked. */
const IDENTITY_READS = 2;

export interface ManySetting {
  readonly folder: string;
  readonly tokens: Tokens;
  readonly upstreams: Upstreams;
  readonly bare: ReturnType<typeof startBare>;
  readonly progress: (text: string) => void;
}

/** A fresh platform-api, and the requests of its users. */
interface Flooded {
  readonly server: BenchServer;
  readonly warm: Workload;
  /** One request of each person of the flood: their identities are remembered, their tokens are not. */
  readonly others: Workload;
}

interface Block {
  readonly verified: { readonly ours: Cost; readonly bare: Cost };
  /** One pass over the warm tokens, before and after the block. */
  readonly before: Cost;
  readonly after: Cost;
  /** Store calls of the warm users, in all their passes and in the last one. */
  readonly reads: number;
  readonly readsAfter: number;
}

/** 100,000 tokens of other people come in blocks, and between them each warm user asks. Then all come again. */
export async function manyTokenRows(setting: ManySetting): Promise<Row[]> {
  const { tokens, progress } = setting;
  const flooded = await startFlooded(setting);
  const { server } = flooded;
  const bare = await bareServers(setting, server);
  await warmUp(setting, flooded);
  const beforeMb = await usedMb(server);
  const blocks: Block[] = [];
  const beganMs = performance.now();
  for (const some of blocksOf(tokens.flood)) {
    progress(`new tokens, block ${blocks.length + 1} of ${tokens.flood.length / BLOCK}`);
    blocks.push(await measureBlock(setting, flooded, some, bare.verifying));
  }
  const floodSeconds = (performance.now() - beganMs) / 1_000;
  const again: { ours: Cost; bare: Cost }[] = [];
  for (const some of blocksOf(tokens.flood)) {
    progress(`the same tokens again, block ${again.length + 1} of ${tokens.flood.length / BLOCK}`);
    await prepare(flooded.others);
    const bareCost = await costOnce(sideOf(setting, bare.plain, some));
    again.push({ ours: await costOnce(sideOf(setting, server, some)), bare: bareCost });
  }
  const moreMb = (await usedMb(server)) - beforeMb;
  await server.process.stop();
  return [...blockRows(blocks, floodSeconds), ...secondRoundRows(again, moreMb)];
}

async function startFlooded(setting: ManySetting): Promise<Flooded> {
  const { upstreams, tokens } = setting;
  const server = await startPlatform(environmentOf({ ...upstreams, store: upstreams.recordedStore }));
  const load = (some: readonly string[]) => sideOf(setting, server, some).load;
  return { server, warm: load(tokens.warm), others: load(tokens.others) };
}

/** Runs long enough for the code to be compiled and the memory to be as it stays. */
async function warmUp(setting: ManySetting, { server, warm, others }: Flooded): Promise<void> {
  for (const some of blocksOf(setting.tokens.compiling)) {
    await prepare(warm);
    await prepare(others);
    await sendOnce(sideOf(setting, server, some).load);
  }
}

/** A bare server, and one that also verifies the token. */
async function bareServers({ bare, tokens }: ManySetting, { url }: BenchServer) {
  const answer = await answerTo(get(VALIDATE, bearer(tokens.warm[0] ?? "")), url);
  const publicKey = tokens.publicKey.export({ type: "spki", format: "pem" }).toString();
  return { plain: await bare.serve(answer), verifying: await bare.serve(answer, { publicKey }) };
}

function sideOf(setting: ManySetting, server: BenchServer, tokens: readonly string[]): Side {
  const requests = tokens.map((token) => get(VALIDATE, bearer(token)));
  return { server, load: loadOf(setting, server, requests) };
}

async function measureBlock(
  setting: ManySetting,
  { server, warm, others }: Flooded,
  tokens: readonly string[],
  verifying: BenchServer,
): Promise<Block> {
  const bareCost = await costOnce(sideOf(setting, verifying, tokens));
  await prepare(others);
  await setting.upstreams.takeCalls();
  await prepare(warm);
  const before = await costOnce({ server, load: warm });
  const { length: readsBefore } = await setting.upstreams.takeCalls();
  const ours = await costOnce(sideOf(setting, server, tokens));
  await setting.upstreams.takeCalls();
  const after = await costOnce({ server, load: warm });
  const { length: readsAfter } = await setting.upstreams.takeCalls();
  return {
    verified: { ours, bare: bareCost },
    before,
    after,
    reads: readsBefore + readsAfter,
    readsAfter,
  };
}

function blocksOf(tokens: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(tokens.length / BLOCK);
  return Array.from({ length: count }, (_, index) => tokens.slice(index * BLOCK, (index + 1) * BLOCK));
}

/** How many reads the warm users need in this time at most, if only age ends what is remembered. */
function readsByAge(seconds: number): number {
  const times = (cacheSeconds: number) => Math.floor(seconds / cacheSeconds) + 1;
  return WARM_PEOPLE * (times(5) + IDENTITY_READS * times(60));
}

function blockRows(blocks: readonly Block[], seconds: number): Row[] {
  const verified = blocks.map((block) => block.verified);
  const reads = blocks.reduce((sum, block) => sum + block.reads, 0);
  // What has expired in the meantime is read again. That costs, and the flood is not the cause.
  const unexpired = blocks.filter(({ readsAfter }) => readsAfter === 0);
  const passes = unexpired.map(({ before, after }) => ({ ours: after, bare: before }));
  const name = "new tokens beside bare + one RS256 verify";
  const speed = "1,000 warm tokens after a flood";
  const store = "store reads of warm users in a flood beside expiry alone";
  return [
    ratioRow({ group: GROUP, name, limit: { atLeast: 0.4 }, unit: "of bare" }, verified),
    ratioRow({ group: GROUP, name: speed, limit: { atLeast: 0.85 }, unit: "of before" }, passes),
    plainRow({ group: GROUP, name: store, limit: { atMost: 1 }, unit: "times" }, [
      reads / readsByAge(seconds),
    ]),
  ];
}

function secondRoundRows(again: readonly { ours: Cost; bare: Cost }[], moreMb: number): Row[] {
  return [
    ratioRow(
      { group: GROUP, name: "second round over 100,000 tokens", limit: { atLeast: 0.6 }, unit: "of bare" },
      again,
    ),
    plainRow({ group: GROUP, name: "memory of 100,000 tokens", limit: { atMost: 160 }, unit: "MB" }, [
      moreMb,
    ]),
  ];
}

/** A million tokens, each asked once: what is remembered is bounded, so the memory is. */
export async function millionTokensRow(setting: ManySetting): Promise<Row> {
  const flooded = await startFlooded(setting);
  await warmUp(setting, flooded);
  const beforeMb = await usedMb(flooded.server);
  for (let round = 1; round <= 10; round++) {
    setting.progress(`a million tokens, ${round} of 10`);
    const tokens = await setting.tokens.sign(100_000);
    for (const some of blocksOf(tokens)) await sendOnce(sideOf(setting, flooded.server, some).load);
  }
  const moreMb = (await usedMb(flooded.server)) - beforeMb;
  await flooded.server.process.stop();
  return plainRow({ group: GROUP, name: "memory of a million tokens", limit: { atMost: 240 }, unit: "MB" }, [
    moreMb,
  ]);
}
