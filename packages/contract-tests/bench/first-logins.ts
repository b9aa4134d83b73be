import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Fault, startFaultProxy } from "../simulator/fault-proxy.ts";
import { hang, pass, slow } from "../simulator/faults.ts";
import { fileAt, OTHER_CORE, startPinned } from "./pinned-process.ts";
import { plainRow, type Row, roundsOf } from "./results.ts";
import { type BenchServer, environmentOf, startPlatform } from "./servers.ts";
import { quantile } from "./statistics.ts";
import type { Tokens } from "./tokens.ts";
import type { Upstreams } from "./upstreams.ts";

const GROUP = "first logins at once, each on a connection of its own";
const FEWEST = 200;
const COUNTS = [FEWEST, 1_000];
const ROUNDS = 3;
/** How many let Node compile what a first login runs. */
const WARMUP = 300;
/** How many sign in before each round where the directory is well, and how many of them at once. */
const [BEFORE, AT_ONCE] = [320, 16];
/** What a round delays must not count for the next one. */
const QUIET_MS = 2_000;
const DIRECTORIES: Readonly<Record<string, Fault>> = {
  "is well": pass,
  "takes 1.5 s": slow(1_500),
  hangs: hang,
};

const PATH = "/validate";
const times = z.array(z.number());

interface Answer {
  readonly status: number | undefined;
  readonly ms: number;
}

/** What a round of first logins at once had for answers, and a warm user beside them. */
interface Round {
  readonly first: readonly Answer[];
  readonly warmMs: readonly number[];
  /** The share of its core that platform-api used until all had an answer. */
  readonly busy: number;
  /** How long a first login takes where few come at once, on average; NaN where it was not measured. */
  readonly fewMs: number;
}

/**
 * Many people sign in for the first time at once. Each has an answer within 3 s, and who is known hardly notices. Times
 * are those of the clients, which share a core with the services behind it.
 */
export async function firstLoginRows(setting: {
  readonly tokens: Tokens;
  readonly upstreams: Upstreams;
  readonly progress: (text: string) => void;
}): Promise<Row[]> {
  const { tokens, upstreams, progress } = setting;
  const directory = await startFaultProxy(upstreams.directory, pass, { keepAliveMs: 60_000 });
  const server = await startPlatform(environmentOf({ ...upstreams, directory: directory.url }));
  const known = tokens.warm[0] ?? "";
  for (const token of [known, ...(await tokens.signNew(WARMUP))]) await ask(server, token);
  const rows: Row[] = [];
  for (const count of COUNTS) {
    for (const [state, fault] of Object.entries(DIRECTORIES)) {
      directory.fault = fault;
      const rounds: Round[] = [];
      const isWell = fault === pass;
      const letIn = isWell && count === FEWEST ? { atLeast: 50 } : null;
      const rowsSoFar = () => rowsOf(`${count}, the directory ${state}`, rounds, letIn);
      for (const round of roundsOf(ROUNDS, rowsSoFar)) {
        progress(`${count} first logins at once, the directory ${state}, round ${round}`);
        const fewMs = isWell ? await fewAtOnce(server, await tokens.signNew(BEFORE)) : Number.NaN;
        rounds.push({ ...(await atOnce(server, await tokens.signNew(count), known)), fewMs });
      }
      rows.push(...rowsSoFar());
    }
  }
  await server.process.stop();
  directory.fault = pass;
  await directory.close();
  return rows;
}

function rowsOf(name: string, rounds: readonly Round[], letIn: Row["limit"]): Row[] {
  const row = (what: string, unit: "ms" | "%", limit: Row["limit"], of: (round: Round) => number) =>
    plainRow({ group: GROUP, name: `${name}: ${what}`, unit, limit }, rounds.map(of));
  const rows = [
    row("slowest answer", "ms", { atMost: 3_000 }, ({ first }) => slowestMs(first)),
    row("p99 of a warm user beside them", "ms", { atMost: 250 }, ({ warmMs }) => quantile(0.99, warmMs)),
    // Without a limit: the services share a core with the clients, and do less than platform-api could.
    row("its own core in use", "%", null, ({ busy }) => 100 * busy),
    row("let in", "%", letIn, ({ first }) => (100 * first.filter(isYes).length) / first.length),
  ];
  if (rounds.some(({ fewMs }) => Number.isNaN(fewMs))) return rows;
  return [...rows, row("let in a second, of few at once", "%", { atLeast: 60 }, besideFew)];
}

function slowestMs(answers: readonly Answer[]): number {
  return Math.max(...answers.map(({ ms }) => ms));
}

/** How many are let in until the last of them is, beside how many would be where few come at once. In percent. */
function besideFew({ first, fewMs }: Round): number {
  const letIn = first.filter(isYes);
  return (100 * letIn.length * fewMs) / slowestMs(letIn);
}

const isYes = ({ status }: Answer) => status === 200;

/** Sends all first logins at once, beside a known user who asks until all have an answer. */
async function atOnce(
  server: BenchServer,
  people: readonly string[],
  known: string,
): Promise<Omit<Round, "fewMs">> {
  await sleep(QUIET_MS);
  const user = startPinned(OTHER_CORE, [fileAt("children/warm-user.ts")]);
  await user.ask(times, { do: "start", url: `${server.url}${PATH}`, token: known });
  const [beganMs, beganNs] = [performance.now(), server.process.cpuNs()];
  const first = await Promise.all(people.map((token) => ask(server, token)));
  const busy = (server.process.cpuNs() - beganNs) / 1e6 / (performance.now() - beganMs);
  const warmMs = await user.ask(times, { do: "stop" });
  await user.stop();
  return { first, warmMs, busy };
}

/** @returns how long one takes on average, in milliseconds */
async function fewAtOnce(server: BenchServer, people: readonly string[]): Promise<number> {
  const waiting = people.values();
  const inTurn = async () => {
    for (const token of waiting) await ask(server, token);
  };
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
  return (performance.now() - beganMs) / people.length;
}

/** On a connection of its own. */
async function ask({ url }: BenchServer, token: string): Promise<Answer> {
  const beganMs = performance.now();
  const request = get(`${url}${PATH}`, { agent: false, headers: { authorization: `Bearer ${token}` } });
  const [response]: IncomingMessage[] = await once(request, "response");
  response?.resume();
  if (response !== undefined) await once(response, "end");
  return { status: response?.statusCode, ms: performance.now() - beganMs };
}
