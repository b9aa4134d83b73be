import type { PlatformClient } from "@platform-api/client";
import { RowRefused } from "../../../app/problems/row-refused.ts";

type Org = PlatformClient["org"];
type Outcome = Awaited<ReturnType<Org["members"]["changeMany"]["mutate"]>>[number]["outcome"];

/** What became of a row. */
export interface Verdict {
  readonly outcome: Outcome;
}

/**
 * One request that changes many rows. It is sent when all of them are ready: a row whose last change is not answered yet
 * comes later. What the server has not reached in time is asked for again, as long as that leads on.
 * @param ask asks for the rows with these places, and answers in their order
 * @returns a function for each row to call, which answers with its verdict
 */
export function sharedRequest<Answer extends Verdict>(
  count: number,
  ask: (places: readonly number[]) => Promise<readonly Answer[]>,
): (place: number) => Promise<Answer | undefined> {
  const answers = Promise.withResolvers<ReadonlyMap<number, Answer>>();
  let waiting = count;
  return async (place) => {
    waiting -= 1;
    if (waiting === 0) askAll(count, ask).then(answers.resolve, answers.reject);
    return (await answers.promise).get(place);
  };
}

async function askAll<Answer extends Verdict>(
  count: number,
  ask: (places: readonly number[]) => Promise<readonly Answer[]>,
): Promise<ReadonlyMap<number, Answer>> {
  const answers = new Map<number, Answer>();
  let left = Array.from({ length: count }, (_, place) => place);
  for (let before = count + 1; left.length > 0 && left.length < before; ) {
    before = left.length;
    const asked = left;
    for (const [index, answer] of (await ask(asked)).entries()) answers.set(asked[index] ?? -1, answer);
    left = asked.filter((place) => answers.get(place)?.outcome === "not-reached");
  }
  return answers;
}

/** @throws RowRefused for a row that is not as it was to become */
export function refuseUnlessDone(outcome: Outcome | undefined): void {
  if (outcome === "changed" || outcome === "unchanged") return;
  throw new RowRefused(outcome === undefined || outcome === "not-reached" ? "OVERLOADED" : outcome);
}
