import { afterAll, beforeAll } from "vitest";

/** How many times longer the requests may take. */
const FACTOR = 10;
/** Shorter times belong to clients that hang up. */
const SHORTEST_MS = 1_000;

/**
 * Gives each request to a server of this process 27 s instead of 2.7 s, so that only the deadlines that a test sets end
 * it, however busy the machine is.
 */
export function stretchRequestDeadline(): void {
  const { timeout } = AbortSignal;
  beforeAll(() => {
    AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms < SHORTEST_MS ? ms : FACTOR * ms);
  });
  afterAll(() => {
    AbortSignal.timeout = timeout;
  });
}

/** The same for a process of its own: an option for Node. */
export const STRETCHED = `--import=data:text/javascript,${encodeURIComponent(
  `const timeout = AbortSignal.timeout.bind(AbortSignal);
   AbortSignal.timeout = (ms) => timeout(ms < ${SHORTEST_MS} ? ms : ${FACTOR} * ms);`,
)}`;
