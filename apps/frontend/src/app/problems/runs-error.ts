/** The reason from agentic-backend. RUNS_UNAVAILABLE if it did not answer, or not in the expected format. */
export class RunsError extends Error {
  readonly reason: string;
  /** The id under which agentic-backend has logged the request. Null if it sent none. */
  readonly requestId: string | null;

  constructor(reason: string, cause?: unknown, requestId: string | null = null) {
    super(reason, { cause });
    this.reason = reason;
    this.requestId = requestId;
  }
}
