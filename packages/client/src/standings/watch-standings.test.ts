import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient, reasonOf } from "../index.ts";
import { StandingEnded, type StandingQuestion, type StandingsOptions, watchStandings } from "./index.ts";

const URL_ = "http://platform.test";
const JANE: StandingQuestion = {
  userId: "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
  organizationId: "acme",
  since: "2026-12-01T09:00:00.000Z",
  loginId: "bG9naW4",
};
const joined = (organizationId: string): StandingQuestion => ({ ...JANE, organizationId });
const SENT = { ...JANE, role: "member" };

type Reply = { status: number; body: unknown } | "down" | "hangs";
type Replier = (of: readonly StandingQuestion[]) => Reply;

const STANDS = { standing: "active", role: "member" };
const data = (value: unknown): Reply => ({ status: 200, body: { result: { data: value } } });
const stands: Replier = (of) => data(of.map(() => STANDS));
const ended =
  (reason: string): Replier =>
  (of) =>
    data(of.map(() => ({ standing: "ended", reason })));
const refused = (status: number, reason: string): Reply => ({
  status,
  body: { error: { code: -32_000, message: "no", data: { code: "X", httpStatus: status, reason } } },
});

let replier: Replier;
/** What was asked, when. */
let requests: { at: number; of: StandingQuestion[]; headers: unknown; method: string | undefined }[];
let standings: ReturnType<typeof watch>;

const answering: typeof fetch = async (_, { body, headers, method, signal } = {}) => {
  const { of } = JSON.parse(String(body));
  expect(Buffer.byteLength(String(body))).toBeLessThanOrEqual(32_768);
  requests.push({ at: Date.now(), of, headers, method });
  const reply = replier(of);
  if (reply === "down") throw new TypeError("fetch failed");
  if (reply !== "hangs") return Response.json(reply.body, { status: reply.status });
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("left", "AbortError")));
  });
};

function watch(options: Partial<StandingsOptions> = {}, retries = 0) {
  const platform = createPlatformClient({
    url: URL_,
    token: "service-token",
    retries,
    fetch: answering,
  });
  return watchStandings({ platform, ...options });
}

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const why = ({ aborted, reason }: AbortSignal) => (aborted ? (reason.reason ?? reason.name) : "stands");
const asked = () => requests.map(({ of }) => of.length);

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  requests = [];
  replier = stands;
  standings = watch();
});
afterEach(() => {
  standings[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it("asks by POST with the service's token, at once and then every five seconds, and for nothing but the question", async () => {
  const run = { ...JANE, title: "a secret" };
  standings.watch(run);
  await after(10_000);
  expect(requests.map(({ at }) => at)).toEqual([0, 5_000, 10_000]);
  const [{ of, headers, method } = {}] = requests;
  expect([of, method]).toEqual([[SENT], "POST"]);
  expect(headers).toMatchObject({ authorization: "Bearer service-token" });
});

it("asks nothing while nothing is watched", async () => {
  await after(60_000);
  const [first, second] = [standings.watch(JANE), standings.watch(joined("globex"))];
  await after(0);
  first[Symbol.dispose]();
  await after(5_000);
  second[Symbol.dispose]();
  await after(60_000);
  expect(requests.map(({ of }) => of.map(({ organizationId }) => organizationId))).toEqual([
    ["acme", "globex"],
    ["globex"],
  ]);
  standings.watch(JANE);
  await after(0);
  expect(asked()).toEqual([2, 1, 1]);
});

it("asks once for all that is watched, and once for equal questions", async () => {
  standings.watch(JANE);
  await after(1_000);
  for (let i = 0; i < 60; i += 1) standings.watch(joined(`org-${i}`));
  standings.watch({ ...JANE, role: "member" });
  standings.watch({ ...JANE, role: "admin" });
  await after(4_000);
  expect(asked()).toEqual([1, 62]);
});

it.each([
  ["a hundred questions", 100, "org", [100]],
  ["a hundred and one", 101, "org", [100, 1]],
  ["questions that fill a request of 32 KiB", 50, "組".repeat(252), [35, 15]],
])("sends %s in as few requests as the server takes", async (_, count, name, sent) => {
  for (let i = 0; i < count; i += 1) standings.watch(joined(`${name}${i}`));
  await after(0);
  expect(asked()).toEqual(sent);
});

it.each([
  "NOT_A_MEMBER",
  "MEMBERSHIP_REMOVED",
  "ROLE_REQUIRED",
  "IDENTITY_BLOCKED",
  "TOKEN_REVOKED",
  "SSO_REQUIRED",
  "A_LATER_REASON",
])("aborts the signals of a user's work with %s, and of nobody else's", async (reason) => {
  const [jane, again, other] = [
    standings.watch(JANE),
    standings.watch(JANE),
    standings.watch(joined("globex")),
  ];
  await after(5_000);
  expect([jane, again, other].map(why)).toEqual(["stands", "stands", "stands"]);
  replier = (of) =>
    data(of.map((each) => (each.organizationId === "acme" ? { standing: "ended", reason } : STANDS)));
  await after(5_000);
  expect([jane, again, other].map(why)).toEqual([reason, reason, "stands"]);
  expect(jane.reason).toBeInstanceOf(StandingEnded);
  await after(5_000);
  expect(asked()).toEqual([2, 2, 2, 1]);
});

it("takes no answer to what was asked before the watch", async () => {
  let answer = (_: Reply) => {};
  const slow = vi.fn<typeof fetch>().mockImplementationOnce(async () => {
    const reply = await new Promise<Reply>((resolve) => {
      answer = resolve;
    });
    return typeof reply === "string" ? Response.error() : Response.json(reply.body);
  });
  slow.mockImplementation(answering);
  const platform = createPlatformClient({ url: URL_, fetch: slow });
  using own = watchStandings({ platform });
  const before = own.watch(JANE);
  await after(1_000);
  const restored = own.watch(JANE);
  answer(ended("MEMBERSHIP_REMOVED")([JANE]));
  await after(0);
  expect([before, restored].map(why)).toEqual(["MEMBERSHIP_REMOVED", "stands"]);
});

describe("an outage", () => {
  it("is waited out exactly for the grace since the last answer was asked for, whenever it comes and goes", async () => {
    const schedule = fc.record({
      everyMs: fc.constantFrom(1_000, 2_000, 5_000, 7_000),
      graceMs: fc.integer({ min: 7_000, max: 30_000 }),
      isUp: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async ({ everyMs, graceMs, isUp }) => {
        using own = watch({ everyMs, graceMs });
        requests = [];
        const start = Date.now();
        let second = 0;
        let lastGood = start;
        replier = (of) => {
          if (!isUp[second]) return "down";
          lastGood = Date.now();
          return stands(of);
        };
        const signal = own.watch(JANE);
        let over = false;
        for (second = 0; second < isUp.length; second += 1) {
          await after(1_000);
          over ||= Date.now() - lastGood >= graceMs;
          expect(signal.aborted).toBe(over);
        }
        if (over) expect(why(signal)).toBe("STORE_UNAVAILABLE");
        // At the end of a grace there is one question more.
        const ms = isUp.length * 1_000;
        expect(requests.length).toBeLessThanOrEqual(ms / everyMs + ms / graceMs + 1);
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, Reply]>([
    ["no connection", "down"],
    ["no answer", "hangs"],
    ["a proxy's page", { status: 502, body: "<html>" }],
    ["a store without an answer", refused(503, "STORE_UNAVAILABLE")],
    ["too many calls", refused(429, "RATE_LIMITED")],
    ["fewer answers than questions", data([STANDS])],
    ["an answer without a role", data([{ standing: "active" }, STANDS])],
    ["an answer of another kind", data({ standing: "active", role: "member" })],
  ])("can be %s: work ends after the grace, and no operator is told", async (_, reply) => {
    const onError = vi.fn();
    using own = watch({ onError });
    const [signal] = [own.watch(JANE), own.watch(joined("globex"))];
    await after(0);
    replier = () => reply;
    await after(59_999);
    expect(why(signal)).toBe("stands");
    await after(reply === "hangs" ? 1_001 : 1);
    expect(why(signal)).toBe("STORE_UNAVAILABLE");
    expect(signal.reason.cause).toBeInstanceOf(Error);
    expect(onError).not.toHaveBeenCalled();
  });

  it("counts from the question, however late its answer came", async () => {
    let sent = 0;
    const slow: typeof fetch = async (...args) => {
      sent += 1;
      if (sent > 1) throw new TypeError("fetch failed");
      const answer = await answering(...args);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return answer;
    };
    using own = watchStandings({ platform: createPlatformClient({ url: URL_, retries: 0, fetch: slow }) });
    const signal = own.watch(JANE);
    await after(59_999);
    expect(why(signal)).toBe("stands");
    await after(1);
    expect(why(signal)).toBe("STORE_UNAVAILABLE");
  });

  it("counts from the watch if there was no answer yet", async () => {
    replier = () => "down";
    const first = standings.watch(JANE);
    await after(30_000);
    const second = standings.watch(joined("globex"));
    await after(30_000);
    expect([first, second].map(why)).toEqual(["STORE_UNAVAILABLE", "stands"]);
    await after(30_000);
    expect(why(second)).toBe("STORE_UNAVAILABLE");
  });

  it("ends no work where the product says so, and work ends by the first answer after it", async () => {
    using own = watch({ onOutage: "continue" });
    replier = () => "down";
    const signal = own.watch(JANE);
    await after(3_600_000);
    expect(why(signal)).toBe("stands");
    replier = ended("IDENTITY_BLOCKED");
    await after(5_000);
    expect(why(signal)).toBe("IDENTITY_BLOCKED");
  });

  it.each([
    [1_000, 4_000],
    [20_000, 20_000],
  ])("ends a question that hangs, asked every %i ms, after %i ms, and asks again", async (everyMs, ms) => {
    using own = watch({ everyMs }, 2);
    replier = () => "hangs";
    const signal = own.watch(JANE);
    await after(ms - 1);
    const before = requests.length;
    replier = ended("NOT_A_MEMBER");
    await after(2);
    expect([why(signal), requests.length - before]).toEqual(["NOT_A_MEMBER", 1]);
  });
});

it.each<[string, Reply]>([
  ["CLIENT_NOT_ALLOWED", refused(403, "CLIENT_NOT_ALLOWED")],
  ["ROLE_REQUIRED", refused(403, "ROLE_REQUIRED")],
  ["TOKEN_INVALID", refused(401, "TOKEN_INVALID")],
  ["NOT_FOUND", refused(404, "NOT_FOUND")],
])("tells an operator of %s for the service itself, and ends nobody's work for it", async (reason, reply) => {
  const onError = vi.fn();
  using own = watch({ onError });
  replier = () => reply;
  const signal = own.watch(JANE);
  await after(5_000);
  expect(onError.mock.calls.map(([error]) => reasonOf(error))).toEqual([reason, reason]);
  replier = stands;
  await after(55_000);
  expect(why(signal)).toBe("stands");
});

it("lets no question that the server refuses keep a hundred others from their answers", async () => {
  const onError = vi.fn();
  using own = watch({ onError });
  const signals = Array.from({ length: 100 }, (_, i) => own.watch(joined(`org-${i}`)));
  replier = (of) =>
    of.some(({ organizationId }) => organizationId === "org-41") ? refused(400, "INPUT_INVALID") : stands(of);
  await after(60_000);
  expect(signals.flatMap((signal, i) => (signal.aborted ? [i, why(signal)] : []))).toEqual([
    41,
    "STORE_UNAVAILABLE",
  ]);
  expect(reasonOf(onError.mock.calls[0]?.[0])).toBe("INPUT_INVALID");
});

describe("a question before a step", () => {
  it("is asked at once, together with others, and says how it stands", async () => {
    standings.watch(joined("globex"));
    await after(1_000);
    replier = (of) =>
      data(
        of.map(({ organizationId }) =>
          organizationId === "acme" ? STANDS : { standing: "ended", reason: "ROLE_REQUIRED" },
        ),
      );
    const asking = ["acme", "initech"].map((name) =>
      standings.ask(joined(name)).catch(({ reason }) => reason),
    );
    await after(0);
    expect(await Promise.all(asking)).toEqual([undefined, "ROLE_REQUIRED"]);
    await after(4_000);
    expect(asked()).toEqual([1, 2, 1]); // nothing of it is watched
  });

  it.each<[string, StandingsOptions["onOutage"], string | undefined]>([
    ["ends the step where an outage ends work", "end", "STORE_UNAVAILABLE"],
    ["lets the step go on where an outage does not", "continue", undefined],
  ])("waits an outage out, and then %s", async (_, onOutage, reason) => {
    using own = watch({ onOutage: onOutage ?? "end" });
    replier = () => "down";
    const settled = vi.fn();
    void own.ask(JANE).then(
      () => settled(undefined),
      (error) => settled(error.reason),
    );
    await after(59_999);
    expect(settled).not.toHaveBeenCalled();
    await after(1);
    expect(settled.mock.calls).toEqual([[reason]]);
  });

  it("is answered by the first answer after an outage", async () => {
    replier = () => "down";
    const asking = standings.ask(JANE);
    await after(4_000);
    replier = stands;
    await after(1_000);
    await expect(asking).resolves.toBeUndefined();
  });

  it("can be left by its caller", async () => {
    replier = () => "hangs";
    const leaving = new AbortController();
    const asking = standings.ask(JANE, { signal: leaving.signal }).catch((reason) => reason);
    await after(1_000);
    leaving.abort("gone");
    expect(await asking).toBe("gone");
    expect(await standings.ask(JANE, { signal: AbortSignal.abort("late") }).catch((reason) => reason)).toBe(
      "late",
    );
    await after(60_000);
    expect(requests).toHaveLength(1);
  });

  it("costs no request of its own where the next one is due", async () => {
    standings.watch(JANE);
    const asking = standings.ask(JANE);
    await after(0);
    await asking;
    expect(asked()).toEqual([1]);
  });
});

it("ends all that is watched when it is disposed of, and takes nothing more", async () => {
  const own = watch();
  const signal = own.watch(JANE);
  const asking = own.ask(JANE).catch(({ name }) => name);
  own[Symbol.dispose]();
  expect([why(signal), await asking]).toEqual(["AbortError", "AbortError"]);
  await after(60_000);
  expect(() => own.watch(JANE)).toThrow("disposed of");
  await expect(own.ask(JANE)).rejects.toThrow("disposed of");
});

it("keeps a process running while somebody waits for an answer, and not to watch", async () => {
  vi.useRealTimers(); // a spy on a fake one would bring it back in other files
  const timers = vi.spyOn(globalThis, "setTimeout");
  const own = watch({ everyMs: 60_000 });
  const keepsRunning = () => timers.mock.results.at(-1)?.value.hasRef();
  own.watch(JANE);
  const watching = keepsRunning();
  const asking = own.ask(JANE);
  const waiting = keepsRunning();
  await asking;
  const afterwards = keepsRunning();
  own[Symbol.dispose]();
  timers.mockRestore();
  vi.useFakeTimers();
  expect([watching, waiting, afterwards]).toEqual([false, true, false]);
});

it.each<[string, object]>([
  ["userId", { userId: "waad|abc123" }],
  ["organizationId", { organizationId: "" }],
  ["role", { role: "boss" }],
  ["since", { since: "at nine" }],
  ["since", { since: undefined }],
  ["loginId", { loginId: 5 }],
])("refuses a question with a wrong %s before it is sent", async (field, wrong) => {
  const question = { ...JANE, ...wrong };
  expect(() => standings.watch(question)).toThrow(new RegExp(`^watchStandings: ${field}`));
  await expect(standings.ask(question)).rejects.toThrow(TypeError);
});

it.each([
  ["everyMs", 0],
  ["everyMs", 2 ** 31],
  ["graceMs", -1],
  ["graceMs", 0.5],
])("throws for %s: %d and names the option", (name, value) => {
  expect(() => watch({ [name]: value })).toThrow(new RegExp(`^watchStandings: ${name} must be`));
});
