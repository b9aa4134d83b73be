import { afterAll, beforeAll } from "vitest";

/** What every request has. */
const REQUEST_MS = 2_700;
const PATIENT_MS = 10 * REQUEST_MS;

const { timeout } = AbortSignal;

/**
 * Gives each request to a server of this process 27 s instead of 2.7 s, so that only the deadlines that a test sets end
 * it, however busy the machine is. Every file of the contract tests begins so.
 */
export function stretchRequestDeadline(): void {
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms === REQUEST_MS ? PATIENT_MS : ms);
}

/** The real deadline, for a suite that is about it. */
export function keepRequestDeadline(): void {
  beforeAll(() => {
    AbortSignal.timeout = timeout;
  });
  afterAll(stretchRequestDeadline);
}

/** The same for a process of its own: an option for Node. */
export const STRETCHED = `--import=data:text/javascript,${encodeURIComponent(
  `const timeout = AbortSignal.timeout.bind(AbortSignal);
   AbortSignal.timeout = (ms) => timeout(ms === ${REQUEST_MS} ? ${PATIENT_MS} : ms);`,
)}`;
