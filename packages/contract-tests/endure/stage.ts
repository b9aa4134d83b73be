import { setTimeout as sleep } from "node:timers/promises";
import type { Cast } from "./cast.ts";
import { changeOrganizations } from "./changes.ts";
import type { Load } from "./load.ts";
import type { Action, Phase, Plan } from "./phases.ts";
import { revoke } from "./revocations.ts";
import type { Measured } from "./served.ts";
import type { World } from "./world.ts";

export interface Staging {
  readonly world: World;
  readonly plan: Plan;
  readonly cast: Cast;
  readonly load: Load;
  readonly nowMs: () => number;
  /** The phases of this moment. */
  readonly active: Set<Phase>;
  /** When the restarted process began to stop and was ready again, in milliseconds of the load. */
  readonly restarts: [fromMs: number, toMs: number][];
  /** What the stopped processes measured. */
  readonly ends: Measured[];
}

const SECOND_MS = 1_000;
/** A process that has just started compiles what it runs, which delays its event loop. */
const COLD_MS = 5_000;

/** Lets a phase happen at its time. */
export async function stage(phase: Phase, staging: Staging): Promise<void> {
  const { world, nowMs, active } = staging;
  const until = (second: number) => sleep(Math.max(0, second * SECOND_MS - nowMs()));
  await until(phase.fromS);
  active.add(phase);
  if (phase.fault !== undefined) world.fault(...phase.fault);
  const acting = Promise.all((phase.actions ?? []).map((action) => ACT[action](phase, staging)));
  await until(phase.toS);
  if (phase.fault !== undefined) world.fault(phase.fault[0], null);
  active.delete(phase);
  await acting;
}

const ACT: Readonly<Record<Action, (phase: Phase, staging: Staging) => Promise<void>>> = {
  async publish(_, { world, cast }) {
    world.stack.issuer.published = [cast.firstKey, cast.nextKey];
  },
  async sign(_, { world, cast }) {
    world.key = cast.nextKey;
  },
  async retire(_, { world, cast }) {
    world.stack.issuer.published = [cast.nextKey];
  },
  apply: ({ toS }, { world, cast, nowMs }) =>
    changeOrganizations({ world, cast, nowMs, untilMs: toS * SECOND_MS }),
  revoke: (_, staging) => revoke(staging),
  async restart(_, { world, nowMs, restarts, ends }) {
    const fromMs = nowMs();
    const end = await world.processes[1]?.measure("now");
    if (end !== undefined) ends.push(end);
    await world.restart();
    while (world.processes[1]?.isReady === false) await sleep(20);
    restarts.push([fromMs, nowMs()]);
    await sleep(COLD_MS);
    await world.processes[1]?.measure("begin");
  },
  async race({ fromS, toS }, { plan, nowMs, load }) {
    for (let race = 0; race < plan.races; race += 1) {
      const atMs = (fromS + ((toS - fromS) * race) / plan.races) * SECOND_MS;
      await sleep(Math.max(0, atMs - nowMs()));
      load.race(plan.callersOfRace);
    }
  },
};
