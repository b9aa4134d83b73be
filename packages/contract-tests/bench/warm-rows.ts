import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "@platform-api/platform-api";
import { answerTo, type BenchRequest, BROWSER_HEADERS, bytesOf } from "./request-bytes.ts";
import { type Limit, plainRow, type Row, roundsOf } from "./results.ts";
import type { Comparison, Side } from "./rounds.ts";
import {
  type BenchServer,
  command,
  PEERS,
  type startBare,
  startNotingPlatform,
  startPeer,
} from "./servers.ts";
import { GLOBEX_CONNECTION, type Tokens } from "./tokens.ts";
import { prepare, sendFor, workload } from "./wrk.ts";

export interface WarmSetting {
  readonly folder: string;
  readonly tokens: Tokens;
  readonly jwksUri: string;
  readonly bare: ReturnType<typeof startBare>;
  /** platform-api with its defaults, and with `ACCESS_LOG=refused`. */
  readonly standard: BenchServer;
  readonly quiet: BenchServer;
}

export const VALIDATE = "/trpc/auth.validate";
const CHECK = `/trpc/auth.check?input=${encodeURIComponent('{"organizationId":"acme"}')}`;

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const userToken = (token: string) => ({ "x-user-token": token });

/** A GET with this header of a token. */
export const get = (path: string, headers: BenchRequest["headers"]): BenchRequest => ({
  method: "GET",
  path,
  headers,
});

/** The two headers, each with and without what a browser adds. */
const VARIANTS: readonly (readonly [name: string, headersOf: (token: string) => BenchRequest["headers"]])[] =
  [
    ["Authorization", bearer],
    ["X-User-Token", userToken],
    ["Authorization, from a browser", (token) => ({ ...bearer(token), ...BROWSER_HEADERS })],
    ["X-User-Token, from a browser", (token) => ({ ...userToken(token), ...BROWSER_HEADERS })],
  ];

/** What is asked again and again, beside a bare server that answers the same bytes. */
export async function warmComparisons(setting: WarmSetting): Promise<Comparison[]> {
  const { tokens, standard, quiet } = setting;
  const each = (of: (token: string) => BenchRequest) => tokens.warm.map(of);
  const comparisons: Comparison[] = [];
  const add = async (
    described: { group: Comparison["group"]; name: string; limit: Limit | null },
    server: BenchServer,
    requests: readonly BenchRequest[],
    bare: Side,
  ) => comparisons.push({ ...described, server, load: loadOf(setting, server, requests), bare });

  for (const [name, headersOf] of VARIANTS) {
    const requests = each((token) => get(VALIDATE, headersOf(token)));
    const bare = await bareSide(setting, requests);
    const refused = { group: "auth.validate, ACCESS_LOG=refused", name, limit: { atLeast: 0.8 } } as const;
    const all = { group: "auth.validate, a log line a request", name, limit: { atLeast: 0.7 } } as const;
    await add(refused, quiet, requests, bare);
    await add(all, standard, requests, bare);
    if (headersOf === bearer) comparisons.push(...(await peerComparisons(setting, requests, bare)));
  }
  const group = "other requests";
  for (const [name, atLeast, requests] of [
    ["GET /validate (REST)", 0.7, each((token) => get("/validate", bearer(token)))],
    ["auth.check", 0.28, each((token) => get(CHECK, bearer(token)))],
    ["discover.byEmail beside a bare POST", 0.28, discoveries()],
  ] as const) {
    await add({ group, name, limit: { atLeast } }, standard, requests, await bareSide(setting, requests));
  }
  return comparisons;
}

/** Longer than what is remembered holds for a process that does not know of changes. */
const QUIET_MS = 6_000;
const STORED_MS = 2_000;
/** Requests that read no facts, because the first ones after a rest cost more CPU time. */
const AFTER_REST = { path: "/livez", ms: 500 };

/**
 * What answers cost a process that has the store beside it: it asks for changes each second, and reads again what it may not
 * believe any longer. Beside answers from memory alone, to requests that follow those that were just answered.
 */
export async function besideStoreRow(
  setting: Pick<WarmSetting, "folder" | "tokens" | "quiet">,
  { rounds, progress }: { rounds: number; progress: (text: string) => void },
): Promise<Row> {
  const { quiet, tokens } = setting;
  const load = loadOf(
    setting,
    quiet,
    tokens.warm.map((token) => get(VALIDATE, bearer(token))),
  );
  const afterRest = loadOf(setting, quiet, [get(AFTER_REST.path, {})]);
  const cpuNsOfOne = async () => {
    await sendFor(AFTER_REST.ms, afterRest);
    const beforeNs = quiet.process.cpuNs();
    const { requests } = await sendFor(STORED_MS, load);
    return (quiet.process.cpuNs() - beforeNs) / requests;
  };
  const shares: number[] = [];
  const group = "auth.validate, ACCESS_LOG=refused";
  const name = "with the store beside it, by memory alone";
  const row = () => plainRow({ group, name, unit: "%", limit: { atLeast: 97 } }, shares);
  for (const round of roundsOf(rounds, () => [row()])) {
    progress(`with the store beside it, round ${round}`);
    await sleep(QUIET_MS);
    const stored = await cpuNsOfOne();
    shares.push((100 * (await cpuNsOfOne())) / stored);
  }
  return row();
}

const REFUSED = { tokens: 10_000, addresses: 1_000 };
const FLOOD_MS = 500;
/** Of both sides, in turn. */
const FLOOD_WARMUPS = 4;

/**
 * What keeping refusals for their organizations costs those who are let in: CPU time of as many warm answers as refusals
 * of a flood, divided by the same where no refusal is noted. The connection of the flood is off, which is refused from
 * memory, so nothing dear hides what noting costs. A minute's 20 writes are in one of the rounds.
 */
export async function besideRefusedRow(
  setting: Pick<WarmSetting, "folder" | "tokens"> & { readonly environment: Environment },
  { rounds, progress }: { rounds: number; progress: (text: string) => void },
): Promise<Row> {
  const { tokens, environment } = setting;
  await command(environment, "connection", "set", "globex", GLOBEX_CONNECTION, "--enabled", "off");
  progress("signing 10,000 tokens that are refused");
  const refused = await tokens.signGlobex(REFUSED.tokens, REFUSED.addresses);
  const server = await startNotingPlatform({ ...environment, ACCESS_LOG: "refused" });
  const warm = tokens.warm.map((token) => get(VALIDATE, bearer(token)));
  await prepare(loadOf(setting, server, warm));
  const both = refused.flatMap((token, index) => [
    get(VALIDATE, bearer(token)),
    ...warm.slice(index % warm.length, (index % warm.length) + 1),
  ]);
  const load = loadOf(setting, server, both, refused.length);
  const cpuNsOfOne = async (notes: boolean) => {
    await server.setNotes(notes);
    const beforeNs = server.process.cpuNs();
    const { requests } = await sendFor(FLOOD_MS, load);
    return (server.process.cpuNs() - beforeNs) / requests;
  };
  /** The cheapest run of each side counts: what else the machine does only adds. */
  const cheapest = async (order: readonly boolean[]) => {
    const costs = { on: Number.POSITIVE_INFINITY, off: Number.POSITIVE_INFINITY };
    for (const notes of order) {
      const side = notes ? "on" : "off";
      costs[side] = Math.min(costs[side], await cpuNsOfOne(notes));
    }
    return costs;
  };
  for (let warmup = 0; warmup < FLOOD_WARMUPS; warmup++) await cheapest([true, false]);
  const ratios: number[] = [];
  const name = "beside a flood of refusals, which are noted or not";
  const row = () => plainRow({ group: "many tokens", name, unit: "times", limit: { atMost: 1.03 } }, ratios);
  for (const round of roundsOf(rounds, () => [row()])) {
    progress(`beside refusals, round ${round}`);
    const { on, off } = await cheapest([true, false, false, true, true, false]);
    ratios.push(on / off);
  }
  await server.process.stop();
  return row();
}

/** @param refused how many of them are refused */
export function loadOf(
  { folder }: { readonly folder: string },
  server: BenchServer,
  requests: readonly BenchRequest[],
  refused = 0,
) {
  const bytes = requests.map((request) => bytesOf(request, server.url));
  return workload(folder, server.url, bytes, refused);
}

/** A bare server that answers as platform-api answers the first of the requests. */
async function bareSide(setting: WarmSetting, requests: readonly BenchRequest[]): Promise<Side> {
  const [first] = requests;
  if (first === undefined) throw new Error("there are no requests");
  const answer = await answerTo(first, setting.standard.url);
  const server = await setting.bare.serve(answer, { readsBody: first.method === "POST" });
  return { server, load: loadOf(setting, server, requests) };
}

async function peerComparisons(
  setting: WarmSetting,
  requests: readonly BenchRequest[],
  bare: Side,
): Promise<Comparison[]> {
  const [first] = requests;
  if (first === undefined) throw new Error("there are no requests");
  const { body } = await answerTo(first, setting.standard.url);
  const publicKey = setting.tokens.publicKey.export({ type: "spki", format: "pem" }).toString();
  const comparisons: Comparison[] = [];
  for (const [peer, name] of Object.entries(PEERS)) {
    const server = await startPeer(peer, { body, publicKey, jwksUri: setting.jwksUri });
    const load = loadOf(setting, server, requests);
    const group = "peers with the same tokens and answers";
    comparisons.push({ group, name, limit: null, server, load, bare });
  }
  return comparisons;
}

/** Questions about addresses of a verified domain. */
function discoveries(): BenchRequest[] {
  return Array.from({ length: 1_000 }, (_, index) => ({
    method: "POST",
    path: "/trpc/discover.byEmail",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: `person-${index}@acme.example` }),
  }));
}
