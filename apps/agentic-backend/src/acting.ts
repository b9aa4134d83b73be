import type { Agent } from "./agent.ts";
import { Refusal } from "./refusal.ts";
import { isOpen, type Run } from "./run.ts";

type Parts = Pick<Agent, "runs" | "worker">;

/**
 * Stores a new run and begins its work. A repeat with the same id, after a lost answer, is the run that exists.
 * @throws {Refusal} STORE_UNAVAILABLE. It may be stored all the same: then its holder takes it up
 */
export async function begin(
  run: Run,
  document: string,
  find: () => Promise<Run | null>,
  parts: Parts,
): Promise<Run> {
  const stored = await parts.runs.commit(null, run, document);
  if (stored !== null) parts.worker.hold(stored);
  const known = stored ?? (await find());
  if (known === null) throw new Refusal("STORE_UNAVAILABLE");
  return known;
}

/**
 * Does something with a run, and lets its work go on accordingly.
 * @returns the run as it is stored, and whether that is new
 */
export async function actOn(
  find: () => Promise<Run>,
  act: (present: Run) => Run,
  { runs, worker }: Parts,
): Promise<{ readonly run: Run; readonly isChanged: boolean }> {
  for (;;) {
    const present = await find();
    const next = act(present);
    if (next === present) return { run: present, isChanged: false };
    const stored = await runs.commit(present, next).catch((error: unknown) => {
      // It may be stored, and the work that waits for it does not know. It is taken up again as it is stored by then.
      worker.leave(present);
      throw error;
    });
    if (stored === null) continue; // the work has gone on meanwhile, which it only does so often
    if (isOpen(stored)) worker.hold(stored);
    else worker.leave(stored);
    return { run: stored, isChanged: true };
  }
}
