import type { Connection } from "@platform-api/server/domain";
import { ConfigurationError } from "../config/config.ts";

export interface ConnectionCheck {
  /** Every registered connection. Throws while the store does not answer. */
  readonly listConnections: (signal: AbortSignal) => Promise<readonly Connection[]>;
  readonly otherStrategies: ReadonlySet<string>;
  /** Called after each failure to read them, before the pause. */
  readonly onOutage: (error: unknown, pauseMs: number) => void;
  /** Rejects when `signal` aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Aborts when the process ends; the check then returns without a result. */
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Checks that no registered connection has a strategy of `otherStrategies`. Its logins would be trusted by
 * `email_verified`, like passwords, and the customer's administrator can set that for any address. Waits until the
 * store has answered once.
 * @throws {ConfigurationError} naming each such connection and its strategy
 */
export async function checkConnections({
  listConnections,
  otherStrategies,
  onOutage,
  pause,
  signal,
}: ConnectionCheck): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const connections = await listConnections(signal);
      const problems = connections.filter(({ strategy }) => otherStrategies.has(strategy)).map(problemOf);
      if (problems.length > 0) throw new ConfigurationError(problems);
      return;
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      if (signal.aborted) return;
      onOutage(error, pauseMs);
      await pause(pauseMs, signal).catch(() => {});
    }
  }
}

function problemOf({ name, strategy, organizationId }: Connection): string {
  return `AUTH0_OTHER_STRATEGIES names ${strategy}, the strategy of connection ${name} of organization ${organizationId}: take the strategy out of the variable, or the connection out of the organizations file`;
}
