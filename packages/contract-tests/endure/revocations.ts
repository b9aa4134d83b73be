import { setTimeout as sleep } from "node:timers/promises";
import { commandsBy } from "../simulator/commands.ts";
import { press } from "../simulator/tenant-users.ts";
import { type Cast, presign } from "./cast.ts";
import { under } from "./changes.ts";
import type { Load } from "./load.ts";
import { FIRST_CALLS, type Person } from "./people.ts";
import type { Standing } from "./rules.ts";
import type { World } from "./world.ts";

/** From when on every process refuses what a fact ends, after it is stored. */
const BOUND_MS = 5_000;
/** For so long each state is asked about, and longer until an answer has shown it: on a busy machine, after the load. */
const WATCHED_MS = 1_500;
const PATIENCE_MS = 60_000;
/** Each process is asked so often, whatever became of the requests before. */
const ASK_EVERY_MS = 50;

interface Setting {
  readonly world: World;
  readonly cast: Cast;
  readonly load: Load;
  readonly nowMs: () => number;
}

/** The two who may block somebody. */
type Blocker = (isBlocked: boolean, person: Person, userId: string, world: World) => Promise<unknown>;

const BLOCKERS: readonly Blocker[] = [
  async (isBlocked, { subject }, _, { provider, follower }) => {
    const from = follower.log().length;
    await press(provider, isBlocked ? "block" : "unblock", subject);
    await follower.says(`"change":"${isBlocked ? "blocked" : "lifted"}"`, from);
  },
  (isBlocked, _, userId, { stack }) =>
    commandsBy(stack.cli).run("identity", isBlocked ? "block" : "unblock", userId, "--yes"),
];

/** How many people a phase blocks. */
export const BLOCKED_A_PHASE = BLOCKERS.length;

/**
 * The identity provider blocks somebody, and an operator somebody else. Both are unblocked, signed out everywhere, and sign in
 * again. All the while each process is asked about their tokens without a pause.
 */
export async function revoke(setting: Setting): Promise<void> {
  const { world, cast } = setting;
  const asked: Person[] = [];
  const ask = (person: Person) => {
    asked.push(person);
    cast.revoked.push(person);
  };
  const over = new AbortController();
  const asking = world.processes.map((_, index) => askWithoutPause(asked, index, setting, over.signal));
  await Promise.all(
    BLOCKERS.map(async (block) => {
      const { value: person }: { value?: Person } = cast.revocable.next();
      if (person === undefined) throw new Error("too few people");
      ask(person);
      const later = await blockAndSignOut(person, block, setting);
      ask(later);
      await sleep(BOUND_MS);
      await Promise.all([watch(person, "ended", setting), watch(later, "valid", setting)]);
    }),
  ).finally(() => over.abort());
  await Promise.all(asking);
}

/** @returns the person with a token that is issued after the sign-out */
async function blockAndSignOut(person: Person, block: Blocker, setting: Setting): Promise<Person> {
  const { world, cast, nowMs } = setting;
  const { stack } = world;
  const userId = (await stack.directory.findByEmail(person.email))?.id ?? person.email;
  const { changes } = person;
  const ends = { rememberedMs: BOUND_MS, nowMs };
  await watch(person, "valid", setting);
  await under(changes, { to: "refused", ...ends }, () => block(true, person, userId, world));
  await sleep(BOUND_MS);
  await watch(person, "refused", setting);
  // Nobody remembers a refusal.
  const lifted = { to: "valid", rememberedMs: 0, nowMs } as const;
  await under(changes, lifted, () => block(false, person, userId, world));
  await watch(person, "valid", setting);
  let untilMs = 0;
  await under(changes, { to: "ended", ...ends }, async () => {
    const { until } = await commandsBy(stack.cli).json("identity", "sign-out", userId, "--yes");
    untilMs = Date.parse(until);
  });
  await sleep(Math.max(0, untilMs + 1_010 - Date.now())); // a token of the same second is ended with it
  return presign({ ...person, changes: [] }, cast);
}

/** Waits until an answer has shown it, if one does in time: the verdict says which none has. */
async function watch(person: Person, standing: Standing, { load, nowMs }: Setting): Promise<void> {
  const endMs = nowMs() + PATIENCE_MS;
  await sleep(WATCHED_MS);
  while (!load.ledger.seenOf(person).has(standing) && nowMs() < endMs) await sleep(ASK_EVERY_MS);
}

/** Asks one process about each in turn. */
async function askWithoutPause(
  asked: readonly Person[],
  index: number,
  { world, load }: Setting,
  over: AbortSignal,
): Promise<void> {
  for (let turn = 0; !over.aborted; turn += 1) {
    const [person, through] = [asked[turn % asked.length], world.processes[index]];
    const call = FIRST_CALLS[Math.floor(turn / asked.length) % FIRST_CALLS.length] ?? "validate";
    if (person !== undefined && through?.isReady === true) load.ask(person, call, through);
    await sleep(ASK_EVERY_MS);
  }
}
