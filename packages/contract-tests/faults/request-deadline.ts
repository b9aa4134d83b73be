import { afterAll, beforeAll } from "vitest";

/**
 * What a request to platform-api has, how long it may wait for the store, what a set-up has to begin, and what
 * agentic-backend gives its store.
 */
const DEADLINES_MS = [2_700, 2_100, 2_200, 1_000];
const FACTOR = 10;

const { timeout } = AbortSignal;

/**
 * Gives each request to a server of this process ten times as long, so that only the deadlines that a test sets end it,
 * however busy the machine is. Every file of the contract tests begins so.
 */
export function stretchRequestDeadline(): void {
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, DEADLINES_MS.includes(ms) ? FACTOR * ms : ms);
}

/** The real deadline, for a suite that is about it. */
export function keepRequestDeadline(): void {
  beforeAll(keep);
  afterAll(stretchRequestDeadline);
}

/** The real deadline, for requests that are about it. */
export async function withRequestDeadline<T>(requests: () => Promise<T>): Promise<T> {
  keep();
  return requests().finally(stretchRequestDeadline);
}

function keep(): void {
  AbortSignal.timeout = timeout;
}

/** The same for a process of its own: an option for Node. */
export const STRETCHED = `--import=data:text/javascript,${encodeURIComponent(
  `const timeout = AbortSignal.timeout.bind(AbortSignal);
   AbortSignal.timeout = (ms) => timeout([${DEADLINES_MS}].includes(ms) ? ${FACTOR} * ms : ms);`,
)}`;
