import type { Latency } from "./results.ts";
import type { BenchServer } from "./servers.ts";
import type { Tokens } from "./tokens.ts";
import { bearer, get, loadOf, VALIDATE } from "./warm-rows.ts";
import { prepare, sendFor } from "./wrk.ts";

const MS = 1_000;

/** What a caller on the same machine waits for, one request at a time. The tokens of the flood must be new to it. */
export async function measureLatencies(setting: {
  readonly folder: string;
  readonly tokens: Tokens;
  readonly standard: BenchServer;
}): Promise<Latency[]> {
  const { tokens, standard } = setting;
  const load = (some: readonly string[]) =>
    loadOf(
      setting,
      standard,
      some.map((token) => get(VALIDATE, bearer(token))),
    );
  const warm = load(tokens.warm);
  await prepare(warm);
  await prepare(load(tokens.others));
  const hit = await sendFor(MS, warm, 1);
  const flood = load(tokens.flood);
  const miss = await sendFor(MS, flood, 1);
  if (miss.requests > flood.count) throw new Error("too few tokens: some were asked twice");
  return [
    { name: "a token that platform-api remembers", p50Ms: hit.p50Ms, p99Ms: hit.p99Ms },
    { name: "a new token of a person whom it knows", p50Ms: miss.p50Ms, p99Ms: miss.p99Ms },
  ];
}
