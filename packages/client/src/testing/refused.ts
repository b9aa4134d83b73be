import {
  answerHeaders,
  answerOf,
  isReason,
  PROBLEM_OF_CODE,
  type Reason,
  reasonOfCode,
} from "@platform-api/server/wire";
import { TRPCError } from "@trpc/server";

/** A refusal or an outage, as the server would answer it. */
export class Refused extends TRPCError {
  readonly reason: Reason;
  readonly retryAfterSeconds: number | undefined;

  /**
   * `problem` says what is wrong with the input and completes the message.
   * @throws {TypeError} for an unknown reason
   */
  constructor(reason: Reason, details: { problem?: string; retryAfterSeconds?: number } = {}) {
    if (!isReason(reason)) throw new TypeError(`platformHandlers: unknown reason "${reason}"`);
    const { code, message } = answerOf(reason);
    const { problem, retryAfterSeconds } = details;
    super({ code, message: problem === undefined ? message : `${message}: ${problem}` });
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The refusal behind any error of tRPC: its own (unknown procedure, invalid JSON), or one that an input parser threw. */
export function asRefused(error: TRPCError): Refused {
  if (error instanceof Refused) return error;
  if (error.cause instanceof Refused) return error.cause;
  const problem = PROBLEM_OF_CODE[error.cause instanceof SyntaxError ? "PARSE_ERROR" : error.code];
  return new Refused(reasonOfCode(error.code), problem === undefined ? {} : { problem });
}

/** The headers that go with the errors of one response. */
export function headersFor(errors: readonly TRPCError[]): Record<string, string> {
  return answerHeaders(errors.map(asRefused));
}
