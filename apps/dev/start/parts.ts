/** A start of several parts, one after the other. */
export interface Starting {
  /** Announces the next part, which the start waits for. @throws the signal's reason when the start is aborted */
  step(text: string): void;
  /** Stops the parts that have started. A part adds itself. */
  readonly stops: (() => Promise<void>)[];
}

export interface StartOptions {
  /** Called before each step. */
  readonly progress: (step: string) => void;
  /** Aborts the start. */
  readonly signal: AbortSignal;
}

/**
 * Starts parts, and stops them in reverse order. If one fails to start, the others are stopped again.
 * @throws the signal's reason when it is aborted, otherwise an error that says how to fix the problem
 */
export async function startParts<Running extends object>(
  { progress, signal }: StartOptions,
  start: (starting: Starting) => Promise<Running>,
): Promise<Running & { stop(): Promise<void> }> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse().splice(0)) await end();
  };
  const step = (text: string) => {
    signal.throwIfAborted();
    progress(text);
  };
  try {
    return { ...(await start({ step, stops })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
