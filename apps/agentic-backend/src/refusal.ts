import type { FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";

/** The reasons have the same meaning as platform-api's. */
const ANSWERS = {
  INPUT_INVALID: { status: 400, message: "The body must be JSON, sent as application/json" },
  NOT_FOUND: { status: 404, message: "Not found" },
  CONFLICT: { status: 409, message: "The state of the run does not allow this" },
  TOO_LARGE: { status: 413, message: "The request is too large" },
  INTERNAL: { status: 500, message: "Something went wrong on the server" },
  STORE_UNAVAILABLE: { status: 503, message: "The database is not responding; try again shortly" },
} as const;

type Reason = keyof typeof ANSWERS;

/** A refusal by this backend itself. The client gets the message, which quotes nothing. */
export class Refusal extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, cause?: unknown, message: string = ANSWERS[reason].message) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** Answers any error of a request. Only the name of a cause is logged: its message may quote the input. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { reason, message, cause } = error instanceof Refusal ? error : refusalOf(error);
  const { status } = ANSWERS[reason];
  const details = { reason, cause: cause instanceof Error ? cause.name : undefined };
  request.log[status < 500 ? "info" : "warn"](details, "request refused");
  if (status > 500) void reply.header("retry-after", 2);
  void reply.code(status).send({ error: { reason, message } });
}

/** Errors of zod and of Fastify (which have a status) are the caller's. Every other error is INTERNAL. */
function refusalOf(cause: unknown): Refusal {
  if (cause instanceof ZodError) {
    const problems = cause.issues.map(({ path, message }) => `${path.join(".") || "The body"} ${message}`);
    return new Refusal("INPUT_INVALID", cause, [...new Set(problems)].join("; "));
  }
  const status = cause instanceof Error && "statusCode" in cause ? Number(cause.statusCode) : 500;
  if (status === 413) return new Refusal("TOO_LARGE", cause);
  return new Refusal(status < 500 ? "INPUT_INVALID" : "INTERNAL", cause);
}
