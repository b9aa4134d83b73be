import { setTimeout as sleep } from "node:timers/promises";
import { type Cast, removeMember } from "./cast.ts";
import { organizations } from "./people.ts";
import type { Change } from "./rules.ts";
import type { World } from "./world.ts";

/** A process remembers a membership, or that a connection is not registered, for so long. */
const REMEMBERED_MS = 5_000;
const APPLY_EVERY_MS = 500;

export interface ChangesSetting {
  readonly world: World;
  readonly cast: Cast;
  readonly nowMs: () => number;
  readonly untilMs: number;
}

/** Applies changed organizations and removes members until the time is over. In the end all connections are there. */
export async function changeOrganizations({ world, cast, nowMs, untilMs }: ChangesSetting): Promise<void> {
  const dwellMs = Math.max((untilMs - nowMs()) / 3, APPLY_EVERY_MS);
  let revision = 0;
  const apply = (hasFlux: boolean) => {
    revision += 1;
    return world.stack.applyOrganizations(organizations({ hasFlux, revision }));
  };
  const takeAway = { to: "refused", rememberedMs: 0, nowMs } as const;
  const bringBack = { to: "valid", rememberedMs: REMEMBERED_MS, nowMs } as const;
  for (const hasFlux of [false, true]) {
    await under(cast.flux, hasFlux ? bringBack : takeAway, () => apply(hasFlux));
    const endMs = hasFlux ? untilMs : nowMs() + dwellMs;
    while (nowMs() < endMs) {
      await apply(hasFlux);
      const next = cast.leaving.next();
      const remove = { to: "refused", rememberedMs: REMEMBERED_MS, nowMs } as const;
      if (next.done !== true) await under(next.value.changes, remove, () => removeMember(world, next.value));
      await sleep(APPLY_EVERY_MS);
    }
  }
}

interface Under {
  readonly to: Change["to"];
  readonly rememberedMs: number;
  readonly nowMs: () => number;
}

/** Notes a change while an operator makes it. */
export async function under(
  changes: Change[],
  { to, rememberedMs, nowMs }: Under,
  make: () => Promise<unknown>,
): Promise<void> {
  const change: Change = { to, beganMs: nowMs(), settledMs: Number.POSITIVE_INFINITY };
  changes.push(change);
  await make();
  change.settledMs = nowMs() + rememberedMs;
}
