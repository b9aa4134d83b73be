import type { FastifyReply, FastifyRequest } from "fastify";

/** The reasons are platform-api's words. */
const ANSWERS = {
  INPUT_INVALID: { status: 400, message: "The request is not valid" },
  NOT_FOUND: { status: 404, message: "There is nothing here" },
  TOO_LARGE: { status: 413, message: "The request is too large" },
  INTERNAL: { status: 500, message: "Something went wrong here" },
  STORE_UNAVAILABLE: { status: 503, message: "The store does not answer; try again shortly" },
} as const;
const RETRY_AFTER_SECONDS = 2;

/** Why this backend itself refuses. The client is told `problem`, which quotes nothing. */
export class Refusal extends Error {
  readonly reason: keyof typeof ANSWERS;

  constructor(reason: keyof typeof ANSWERS, { problem, cause }: { problem?: string; cause?: unknown } = {}) {
    const { message } = ANSWERS[reason];
    super(problem === undefined ? message : `${message}: ${problem}`, { cause });
    this.reason = reason;
  }
}

/** Answers any error of a request. Of a cause only the name is logged: its message may quote the input. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { reason, message, cause } = error instanceof Refusal ? error : refusalOf(error);
  const { status } = ANSWERS[reason];
  const details = { reason, cause: cause instanceof Error ? cause.name : undefined };
  request.log[status < 500 ? "info" : "warn"](details, "request refused");
  if (status > 500) void reply.header("retry-after", RETRY_AFTER_SECONDS);
  void reply.code(status).send({ error: { reason, message } });
}

/** Fastify's own errors have a status, others are ours to mend. */
function refusalOf(cause: unknown): Refusal {
  const status = cause instanceof Error && "statusCode" in cause ? Number(cause.statusCode) : 500;
  if (status === 413) return new Refusal("TOO_LARGE", { cause });
  if (status === 415) return new Refusal("INPUT_INVALID", { problem: "send content-type: application/json" });
  return new Refusal(status < 500 ? "INPUT_INVALID" : "INTERNAL", { cause });
}
