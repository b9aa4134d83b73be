import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { registerTrpcRoute } from "../../server/src/http/transport/trpc-route.ts";
import { allowed, allowedLog, withoutEarlier } from "./allowed-differences.ts";
import { converse } from "./exchange.ts";
import { registerOldTrpcRoute } from "./old-trpc-route.ts";
import { type MountTrpc, noLane, type OneServer, startOneServer } from "./one-server.ts";
import { anyConversation, type Conversation, type Request, serialized } from "./requests.ts";
import { GOOD, HELD } from "./tokens.ts";

/** `DIFFERENTIAL_SEED=… DIFFERENTIAL_RUNS=…` compare other requests, or more of them. */
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 11);
const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 250);
const DRAIN_MS = 30_000;
/** With nothing in flight a server stops after a second. */
const IDLE_DRAIN_MS = 10_000;
const BEYOND_LINGER_MS = 2_000;

/** Both ways of answering, with the same clock, each with a store of its own. */
interface Pair {
  readonly before: OneServer;
  readonly after: OneServer;
}

async function startPair({
  cors = true,
  mountTrpc = registerTrpcRoute,
}: {
  cors?: boolean;
  mountTrpc?: MountTrpc | undefined;
} = {}): Promise<Pair> {
  const clock = new ManualClock();
  const [before, after] = await Promise.all([
    startOneServer({ clock, cors }, { mountTrpc: registerOldTrpcRoute, openLane: noLane }),
    startOneServer({ clock, cors }, { mountTrpc }),
  ]);
  return { before, after };
}

/** Both answers of one conversation, with what was logged; what may differ is made equal. */
async function answersOf({ before, after }: Pair, conversation: Conversation) {
  const [was, became] = await Promise.all(
    [before, after].map(async (server) => ({
      ...(await converse(server.port, conversation)),
      log: server.takeLog(),
    })),
  );
  if (was === undefined || became === undefined) throw new Error("there are two servers");
  const is = withoutEarlier(became, was);
  const answers = was.answers.map((answer, at) => allowed(answer, is.answers[at]));
  const count = Math.min(answers.length, conversation.requests.length);
  return { was: { ...was, answers, log: allowedLog(was.log) }, is, count };
}

const stop = ({ before, after }: Pair) => Promise.all([before.http.drain(0), after.http.drain(0)]);

/** @throws {Error} with the seed and the shortest conversation found whose answers differ */
async function compare(pair: Pair, runs: number, endOnFailure = false): Promise<number> {
  let count = 0;
  const property = fc.asyncProperty(anyConversation, async (conversation) => {
    // The second time everything that can be remembered is.
    for (const _ of ["first", "again"]) {
      const { was, is, ...compared } = await answersOf(pair, conversation);
      if (!isDeepStrictEqual(is, was)) expect(is).toEqual(was); // comparing again shows the difference
      count += compared.count;
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: runs, endOnFailure });
  return count;
}

const get = (target: string, token: string): Request => ({
  method: "GET",
  target,
  version: "1.1",
  body: null,
  headers: ["Host: x", `X-User-Token: ${token}`],
});
const alone = (request: Request): Conversation => ({ requests: [request], sending: "at once" });

describe.each([
  ["with CORS", true],
  ["without CORS", false],
])("%s", (name, cors) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair({ cors });
  });
  afterAll(() => stop(pair));

  it("the server answers and logs any requests as before, byte for byte", async ({ task }) => {
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
      const { was, is } = await answersOf(pair, { requests, sending: "at once" });
      expect(is).toEqual(was);
      expect(is.answers).toHaveLength(requests.length + 1);
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
    "the server answers as before, byte for byte, and a request that is %s then",
    async (_, token, status) => {
      const pair = await startPair();
      const servers = [pair.before, pair.after];
      const holds = servers.map((server) => server.hold());
      // Only this request is in flight: the last one of the conversation follows its answer.
      const conversation: Conversation = {
        ...alone(get("/trpc/auth.validate", token)),
        sending: "one by one",
      };
      const held = answersOf(pair, conversation);
      await Promise.all(holds.map(({ reached }) => reached));
      const heldMs = performance.now();
      const drained = servers.map(({ http }) => http.drain(DRAIN_MS));
      try {
        await compare(pair, RUNS / 10);
        await sleep(BEYOND_LINGER_MS); // by then it would have stopped if it had forgotten the request
      } finally {
        for (const { release } of holds) release();
      }
      const { was, is } = await held;
      await Promise.all(drained);
      expect(is).toEqual(was);
      expect(is.answers[0]).toMatchObject({ status });
      for (const server of servers) expect(server.lastMs()).toBeGreaterThan(BEYOND_LINGER_MS / 2);
      expect(performance.now() - heldMs).toBeLessThan(DRAIN_MS);
    },
  );
});

describe("clients that hang up", () => {
  it("leave nothing in flight, and the next client is answered as before", async () => {
    const pair = await startPair();
    const servers = [pair.before, pair.after];
    const cut = fc.tuple(anyConversation, fc.double({ min: 0.05, max: 1, noNaN: true }), fc.boolean());
    for (const [{ requests }, share, reset] of fc.sample(cut, { seed: SEED, numRuns: RUNS / 5 })) {
      const bytes = requests.map(serialized).join("");
      const sent = bytes.slice(0, Math.ceil(bytes.length * share));
      await Promise.all(servers.map(({ port }) => hangUp(port, sent, reset)));
    }
    const batch = serialized(get("/trpc/auth.validate,org.me?batch=1&input=%7B%7D", HELD.accepted));
    const refused = serialized(get("/validate", HELD.refused));
    for (const waiting of [batch, refused]) {
      const holds = servers.map((server) => server.hold());
      await Promise.all(servers.map(({ port }, at) => hangUp(port, waiting, false, holds[at]?.reached)));
      for (const { release } of holds) release();
    }

    for (const target of ["/trpc/auth.validate", "/validate"]) {
      const { was, is } = await answersOf(pair, alone(get(target, GOOD.sso)));
      expect(is.answers).toEqual(was.answers);
      expect(is.answers[0]).toMatchObject({ status: "HTTP/1.1 200 OK" });
    }
    const beganMs = performance.now();
    await Promise.all(servers.map(({ http }) => http.drain(DRAIN_MS)));
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
  const broken: Record<string, MountTrpc> = {
    "a header that is missing": (app, ...rest) => {
      app.addHook("onSend", async (_request, reply) => void reply.removeHeader("vary"));
      registerTrpcRoute(app, ...rest);
    },
    "another value of a header": (app, ...rest) => {
      app.addHook("onSend", async (_request, reply) => {
        if (reply.hasHeader("retry-after")) void reply.header("retry-after", "3");
      });
      registerTrpcRoute(app, ...rest);
    },
    "a header that is added": (app, ...rest) => {
      app.addHook("onRequest", async (_request, reply) => void reply.header("x-added", "1"));
      registerTrpcRoute(app, ...rest);
    },
  };
  it.each(Object.keys(broken))("finds %s", async (name) => {
    const pair = await startPair({ mountTrpc: broken[name] });
    await expect(compare(pair, RUNS, true)).rejects.toThrow(/Property failed after/);
    await stop(pair);
  });
});
