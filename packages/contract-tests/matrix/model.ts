import { answer, offer } from "./answers.ts";
import { link, resolve } from "./identity.ts";
import { grantAt } from "./membership.ts";
import { distinct, type Memory, rememberedSetups } from "./memory.ts";
import { type Answer, BEGUN, type Branch, type Phase, type Progress } from "./phase.ts";
import { changed, type State } from "./state.ts";
import type { Request, Step } from "./vocabulary.ts";

const PHASES: readonly Phase[] = [resolve, link, grantAt("x"), grantAt("y"), offer, answer];

/** Every possible result of the phase. */
function runPhase(
  index: number,
  [state, progress]: Branch,
  request: Request,
  memory: Memory,
): readonly Branch[] {
  const phase = PHASES[index];
  if (phase === undefined || progress.answer !== null) return [[state, progress]];
  const remembers = request.process.endsWith("remembering");
  const setups = remembers ? rememberedSetups(memory, state, request.login) : [state.setup];
  return setups.flatMap((setup) => phase(state, progress, { ...request, memory, setup, remembers }));
}

/** A possible state after a step, and the answers to its requests, in order. */
export interface Outcome {
  readonly state: State;
  readonly answers: readonly Answer[];
}

/**
 * Every outcome of a step that the contract allows. The model follows the contract alone and knows nothing of the
 * implementation. If the contract leaves something open (a user accepted by an operator or by report mode), every
 * interpretation is allowed.
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

/** Runs the next phase of each request in turn. */
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
