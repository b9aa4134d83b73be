import { createHash } from "node:crypto";
import { ApiError } from "./api-error.ts";

/** How long DynamoDB remembers a token after the request that used it has been completed. */
export const TOKEN_MS = 600_000;

interface Remembered<Answer> {
  readonly fingerprint: string;
  /** null while the request is in progress. */
  readonly completed: { readonly at: number; readonly answer: Answer } | null;
}

/** Answers a request that was completed with the same token as before, and does nothing. */
export class RequestTokens<Answer> {
  /** Completed ones in the order of their completion, but for those in progress. */
  readonly #remembered = new Map<string, Remembered<Answer>>();
  readonly #now: () => number;

  /** @param now in milliseconds, and never less than before */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Runs a request unless its token is remembered. A request that fails is not remembered.
   * @throws the answer when the token belongs to another input, or to a request that is in progress
   */
  async once(token: string, input: object, run: () => Promise<Answer>): Promise<Answer> {
    this.#forgetOld();
    const fingerprint = fingerprintOf(input);
    const remembered = this.#remembered.get(token);
    if (remembered !== undefined && remembered.fingerprint !== fingerprint)
      throw new ApiError("IdempotentParameterMismatchException", "The token was used with other parameters");
    if (remembered !== undefined) {
      if (remembered.completed !== null) return remembered.completed.answer;
      throw new ApiError(
        "TransactionInProgressException",
        "The transaction with the given request token is already in progress.",
      );
    }
    this.#remembered.set(token, { fingerprint, completed: null });
    try {
      const answer = await run();
      this.#remembered.delete(token); // so that it moves to the end
      this.#remembered.set(token, { fingerprint, completed: { at: this.#now(), answer } });
      return answer;
    } catch (error) {
      this.#remembered.delete(token);
      throw error;
    }
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [token, { completed }] of this.#remembered) {
      if (completed === null) continue;
      if (now - completed.at < TOKEN_MS) return;
      this.#remembered.delete(token);
    }
  }
}

/** The same for the same input, in whatever order its members are. */
function fingerprintOf(input: object): string {
  const sorted = (_: string, value: unknown) =>
    value === null || typeof value !== "object" || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(JSON.stringify(input, sorted)).digest("base64");
}
