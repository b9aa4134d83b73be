import { answer, offer } from "./answers.ts";
import { link, resolve } from "./identity.ts";
import { grantAt } from "./membership.ts";
import { distinct, type Memory, rememberedWorlds } from "./memory.ts";
import { type Answer, BEGUN, type Branch, type Phase, type Progress } from "./phase.ts";
import { changed, type State } from "./state.ts";
import type { Request, Step } from "./world.ts";

const PHASES: readonly Phase[] = [resolve, link, grantAt("x"), grantAt("y"), offer, answer];

/** Everything that the phase may lead to. */
function runPhase(
  index: number,
  [state, progress]: Branch,
  request: Request,
  memory: Memory,
): readonly Branch[] {
  const phase = PHASES[index];
  if (phase === undefined || progress.answer !== null) return [[state, progress]];
  const remembers = request.process.endsWith("remembering");
  const worlds = remembers ? rememberedWorlds(memory, state, request.login) : [state.world];
  return worlds.flatMap((world) => phase(state, progress, { ...request, memory, world, remembers }));
}

/** What may be stored after a step, and what its requests are answered then, in their order. */
export interface Outcome {
  readonly state: State;
  readonly answers: readonly Answer[];
}

/**
 * Everything that the contract allows a step to lead to. Written from the contract alone: nothing here knows the product.
 * Where the contract leaves something open (a person whom an operator or report mode let through, an invitation whose
 * domain was verified or released since), every reading of it is allowed.
 */
export function outcomes(state: State, step: Step, memory: Memory): readonly Outcome[] {
  if ("change" in step) return [{ state: changed(state, step.change), answers: [] }];
  return interleavings(state, step.requests, memory);
}

interface Moment {
  readonly state: State;
  readonly done: readonly number[];
  readonly progress: readonly Progress[];
}

function interleavings(state: State, requests: readonly Request[], memory: Memory): readonly Outcome[] {
  let moments: Moment[] = [{ state, done: requests.map(() => 0), progress: requests.map(() => BEGUN) }];
  for (let phase = 0; phase < PHASES.length * requests.length; phase += 1) {
    moments = distinct(moments.flatMap((moment) => nextMoments(moment, requests, memory)));
  }
  return moments.map(({ state: reached, progress }) => ({
    state: reached,
    answers: progress.map(({ answer: given }) => given ?? {}),
  }));
}

/** One request's next phase, whichever's turn it is. */
function nextMoments(moment: Moment, requests: readonly Request[], memory: Memory): Moment[] {
  return requests.flatMap((request, index) => {
    const phase = moment.done[index] ?? PHASES.length;
    const progress = moment.progress[index];
    if (phase === PHASES.length || progress === undefined) return [];
    return runPhase(phase, [moment.state, progress], request, memory).map(([state, next]) => ({
      state,
      done: moment.done.with(index, phase + 1),
      progress: moment.progress.with(index, next),
    }));
  });
}
