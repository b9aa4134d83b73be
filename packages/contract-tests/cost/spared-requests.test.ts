import { setTimeout as sleep } from "node:timers/promises";
import { NotifiedCaches, systemClock } from "@platform-api/server/adapters";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type { Server } from "../simulator/stack.ts";
import { countsOf, recordCalls } from "./recorded-calls.ts";
import { DEFAULT_CACHES, MILL, worldOfTests } from "./world.ts";

const USERS = 60;
const MEMORY_TTL_MS = 600_000;
/** How long a complete poll lets what is remembered be believed. */
const FRESH_MS = 5_000;

const world = worldOfTests();
let record: ReturnType<typeof recordCalls>;
beforeEach(() => {
  record = recordCalls(world.faulty);
});

/** The monotonic clock of every process here, which stands still until it is advanced. In whole milliseconds, whose sums are exact. */
function manualClock() {
  const nowMs = vi.spyOn(systemClock, "monotonicMs").mockReturnValue(Math.ceil(performance.now()));
  onTestFinished(() => nowMs.mockRestore());
  return { advance: (ms: number) => void nowMs.mockReturnValue(systemClock.monotonicMs() + ms) };
}

/** Without polls, which are counted apart. */
const newProcess = () =>
  world.faulty.server({ ...DEFAULT_CACHES, MEMORY_TTL_MS: `${MEMORY_TTL_MS}`, CHANGES_POLL_MS: "0" });

const validate = ({ client }: Server, token: string) => client(token).auth.validate.query();

it.each([0, 80])(
  "sixty users of one organization share the requests for what they share, if each takes %i ms",
  async (storeMs) => {
    const { faulty, newMember } = world;
    const { advance } = manualClock();
    const [first = "", ...others] = await Promise.all(Array.from({ length: USERS + 1 }, newMember));
    for (const each of [first, ...others]) await validate(faulty.stack, each); // become members

    const server = await newProcess();
    await validate(server, first); // reads what they share
    advance(1_000);
    for (const each of others) await validate(server, each); // read what is their own, which holds for longer
    advance(4_001);
    const recorded = faulty.store.fault;
    faulty.store.fault = async (exchange) => {
      await sleep(storeMs);
      await recorded(exchange);
    };
    const calls = await record(() => Promise.all(others.map((each) => validate(server, each))));
    const asked = calls.map(({ operation, of }) => `${operation} ${of}`);
    expect(asked.sort()).toEqual(["GetItem CONNECTION", "GetItem ORG", "Query DOMAIN"]);
  },
);

it.each([
  ["auth.validate", "/trpc/auth.validate"],
  ["auth.check", `/trpc/auth.check?input=${encodeURIComponent(JSON.stringify({ organizationId: MILL }))}`],
])(
  "a user's %s once a second is read again every ten minutes while changes are notified",
  async (_, path) => {
    const { advance } = manualClock();
    const caches = vi.spyOn(NotifiedCaches.prototype, "add");
    onTestFinished(() => caches.mockRestore());
    const { url } = await newProcess();
    const { freshness } = caches.mock.contexts[0] as NotifiedCaches;
    const headers = { authorization: `Bearer ${await world.newMember()}` };
    const ask = async () => expect((await fetch(url + path, { headers })).status).toBe(200);
    await ask();
    const calls = await record(async () => {
      for (let second = 0; second < 3_600; second += 1) {
        advance(1_000);
        freshness.untilMs = systemClock.monotonicMs() + FRESH_MS; // as after a poll
        await ask();
      }
    });
    // Whether the user is blocked is read with the membership: 12 requests, of which 14 are allowed.
    const ofUser = { SUBJECT: 6, USER: 6 };
    const ofOrganization = { DOMAIN: 6, CONNECTION: 6, ORG: 6 };
    expect(countsOf(calls.map(({ of }) => of))).toEqual({ ...ofUser, ...ofOrganization });
  },
);
