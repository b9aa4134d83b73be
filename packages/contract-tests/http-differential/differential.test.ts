import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { converse, LAST_WORDS } from "./exchange.ts";
import { type OneServer, startOneServer } from "./one-server.ts";
import { anyConversation, type Conversation, get, type Request, serialized } from "./requests.ts";
import { spelledOtherwise } from "./targets.ts";
import { GOOD, HELD } from "./tokens.ts";

/** `DIFFERENTIAL_SEED=… DIFFERENTIAL_RUNS=…` compare other requests, or more of them. */
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 11);
const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 400);
const DRAIN_MS = 30_000;
/** With nothing in flight a server stops after a second. */
const IDLE_DRAIN_MS = 10_000;
const BEYOND_LINGER_MS = 2_000;

/** Two equal servers, each with a store of its own. The second gets no request that its lane knows. */
type Pair = readonly [lane: OneServer, fastify: OneServer];

async function startPair(cors = true, fastify = { cors, clock: new ManualClock() }): Promise<Pair> {
  return Promise.all([startOneServer(new ManualClock(), cors), startOneServer(fastify.clock, fastify.cors)]);
}

/** What a conversation was answered, and what was logged and counted. */
interface Answered {
  readonly answers: readonly string[];
  readonly log: readonly string[];
}

const otherwise = (request: Request): Request => ({ ...request, target: spelledOtherwise(request.target) });

/** One conversation with the lane, and without it. */
async function answersOf([lane, fastify]: Pair, conversation: Conversation) {
  const answeredBy = async (server: OneServer, requests: readonly Request[]): Promise<Answered> => {
    const answers = await converse(server.port, { ...conversation, requests });
    return { answers, log: server.takeLog() };
  };
  const { requests } = conversation;
  const both = [answeredBy(lane, requests), answeredBy(fastify, requests.map(otherwise))] as const;
  const [by, without] = await Promise.all(both);
  return without.answers.at(-1)?.endsWith(LAST_WORDS) ? { by, without } : withoutEarlier(by, without);
}

/**
 * The same of a connection that ended early, for example for bytes that are no request. The lane answers before the
 * bytes behind are read, and Fastify's answer may be lost.
 */
function withoutEarlier(by: Answered, without: Answered) {
  const at = without.answers.length - 1;
  const earlier = by.answers.slice(at, -1);
  const answers = earlier.every((answer) => answer.startsWith("HTTP/1.1 200 OK"))
    ? by.answers.toSpliced(at, earlier.length)
    : by.answers;
  const notOfLane = ({ log }: Answered) => log.filter((line) => !OF_LANE.test(line));
  return { by: { answers, log: notOfLane(by) }, without: { ...without, log: notOfLane(without) } };
}

const OF_LANE =
  /^\["(answered","GET","\/(trpc\/\*|validate|forward-auth)",200,.*|called","(auth\.validate|forward-auth)","OK")\]$/;

const stop = (pair: Pair) => Promise.all(pair.map(({ http }) => http.drain(0)));

/** @throws {Error} with the seed and the shortest conversation found whose answers differ */
async function compare(pair: Pair, runs: number, endOnFailure = false): Promise<number> {
  let count = 0;
  const property = fc.asyncProperty(anyConversation, async (conversation) => {
    // The second time everything that can be remembered is.
    for (const _ of ["first", "again"]) {
      const { by, without } = await answersOf(pair, conversation);
      if (!isDeepStrictEqual(by, without)) expect(by).toEqual(without); // comparing again shows the difference
      count += Math.min(without.answers.length, conversation.requests.length);
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: runs, endOnFailure });
  return count;
}

const alone = (request: Request): Conversation => ({ requests: [request], sending: "at once" });

describe.each([
  ["with CORS", true],
  ["without CORS", false],
])("%s", (name, cors) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair(cors);
  });
  afterAll(() => stop(pair));

  it("the lane answers, logs and counts any requests as Fastify does, byte for byte", async ({ task }) => {
    const count = await compare(pair, RUNS);
    Object.assign(task.meta, { summary: `${count} requests compared ${name}, seed ${SEED}` });
    expect(count).toBeGreaterThan(RUNS * 5);
  });
});

it("more requests than a connection may have in work are answered, although the first is refused", async () => {
  const pair = await startPair();
  try {
    for (const token of ["not a token", HELD.refused]) {
      const others = Array.from({ length: 40 }, () => get("/validate", GOOD.sso));
      const requests = [get("/validate", token), ...others];
      const { by, without } = await answersOf(pair, { requests, sending: "at once" });
      expect(by).toEqual(without);
      expect(by.answers).toHaveLength(requests.length + 1);
    }
  } finally {
    await stop(pair);
  }
});

describe("while it shuts down", () => {
  it.each([
    ["accepted", HELD.accepted, "HTTP/1.1 200 OK"],
    ["refused", HELD.refused, "HTTP/1.1 502 Bad Gateway"],
  ])(
    "the lane answers as Fastify does, byte for byte, also a request that is %s then",
    async (_, token, status) => {
      const pair = await startPair();
      const holds = pair.map((server) => server.hold());
      // Only this request is in flight: the last one of the conversation follows its answer.
      const conversation: Conversation = {
        ...alone(get("/trpc/auth.validate", token)),
        sending: "one by one",
      };
      const held = answersOf(pair, conversation);
      await Promise.all(holds.map(({ reached }) => reached));
      const heldMs = performance.now();
      const drained = pair.map(({ http }) => http.drain(DRAIN_MS));
      try {
        await compare(pair, RUNS / 10);
        await sleep(BEYOND_LINGER_MS); // by then it would have stopped if it had forgotten the request
      } finally {
        for (const { release } of holds) release();
      }
      const { by, without } = await held;
      await Promise.all(drained);
      expect(by).toEqual(without);
      expect(by.answers[0]).toMatch(status);
      for (const server of pair) expect(server.lastMs()).toBeGreaterThan(BEYOND_LINGER_MS / 2);
      expect(performance.now() - heldMs).toBeLessThan(DRAIN_MS);
    },
  );
});

describe("clients that hang up", () => {
  it("leave nothing in flight, and the next client is answered", async () => {
    const pair = await startPair();
    const cut = fc.tuple(anyConversation, fc.double({ min: 0.05, max: 1, noNaN: true }), fc.boolean());
    for (const [{ requests }, share, reset] of fc.sample(cut, { seed: SEED, numRuns: RUNS / 5 })) {
      const bytes = requests.map(serialized).join("");
      const sent = bytes.slice(0, Math.ceil(bytes.length * share));
      await Promise.all(pair.map(({ port }) => hangUp(port, sent, reset)));
    }
    const batch = serialized(get("/trpc/auth.validate,org.me?batch=1&input=%7B%7D", HELD.accepted));
    const refused = serialized(get("/validate", HELD.refused));
    for (const waiting of [batch, refused]) {
      const holds = pair.map((server) => server.hold());
      await Promise.all(pair.map(({ port }, at) => hangUp(port, waiting, false, holds[at]?.reached)));
      for (const { release } of holds) release();
    }

    for (const target of ["/trpc/auth.validate", "/validate"]) {
      const { by, without } = await answersOf(pair, alone(get(target, GOOD.sso)));
      expect(by.answers).toEqual(without.answers);
      expect(by.answers[0]).toMatch("HTTP/1.1 200 OK");
    }
    const beganMs = performance.now();
    await Promise.all(pair.map(({ http }) => http.drain(DRAIN_MS)));
    expect(performance.now() - beganMs).toBeLessThan(IDLE_DRAIN_MS);
  });

  /** Sends bytes and closes the connection without reading. */
  async function hangUp(port: number, bytes: string, reset: boolean, when?: Promise<void>): Promise<void> {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", () => {}); // the server may close it first
    await once(socket, "connect");
    await new Promise<void>((resolve) => socket.write(bytes, "latin1", () => resolve()));
    await when;
    const closed = once(socket, "close");
    if (reset) socket.resetAndDestroy();
    else socket.destroy();
    await closed;
  }
});

describe("the comparison", () => {
  const later = new ManualClock();
  later.advance(60_000);
  it.each([
    ["another header", { cors: false, clock: new ManualClock() }],
    ["another answer", { cors: true, clock: later }],
  ])("finds %s", async (_, fastify) => {
    const pair = await startPair(true, fastify);
    await expect(compare(pair, RUNS, true)).rejects.toThrow(/Property failed after/);
    await stop(pair);
  });

  it("is one of the lane, which answers before the bytes behind are read, with Fastify, which does not", async () => {
    const pair = await startPair();
    const request = get("/validate", GOOD.sso);
    await answersOf(pair, alone(request)); // from here on it is remembered
    const notRequest = { ...request, method: "get" };
    const conversation = (first: Request): Conversation => ({
      requests: [first, notRequest],
      sending: "at once",
    });
    const statuses = [request, otherwise(request)].map(async (first) => {
      const answers = await converse(pair[0].port, conversation(first));
      return answers.map((answer) => Number(answer.split(" ")[1]));
    });
    expect(await Promise.all(statuses)).toEqual([[200, 400], [400]]);
    await stop(pair);
  });
});
