import type { Reason } from "../wire/index.ts";

/**
 * The one error of the domain. `detail` is for operators' logs: it names the rule that refused and never
 * holds a token, an address or a value of an unverified token. Clients get the reason and its fixed message, which
 * `hint` completes: it is fixed too.
 */
export class Refusal extends Error {
  readonly reason: Reason;
  readonly hint: string | undefined;
  /** Replaces the usual `Retry-After` of the reason. */
  readonly retryAfterSeconds: number | undefined;
  /** Whether an organization may learn of it: see its recent refusals. */
  readonly isNoted: boolean;

  constructor(
    reason: Reason,
    detail: string,
    options?: {
      cause?: unknown;
      hint?: string | undefined;
      retryAfterSeconds?: number | undefined;
      isNoted?: boolean;
    },
  ) {
    super(detail, options);
    this.name = "Refusal";
    this.reason = reason;
    this.hint = options?.hint;
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.isNoted = options?.isNoted ?? true;
  }
}

/** A refusal whose hint says all that the log needs to know. */
export function refusal(reason: Reason, hint: string): Refusal {
  return new Refusal(reason, hint, { hint });
}

/** The operator named something that is not stored. A user is unknown without a link and a membership. */
export class Unknown extends Refusal {
  readonly kind: "organization" | "connection" | "user";
  readonly id: string;

  constructor(kind: Unknown["kind"], id: string) {
    super("NOT_FOUND", `there is no ${kind} ${id}`);
    this.kind = kind;
    this.id = id;
  }
}

/**
 * What an operator needs of a cause: the system's code (`ECONNREFUSED` …) where there is one, else its name. Its
 * message may quote what an upstream or a client sent, and is not for logs. Nor is a name that is not an identifier: the
 * store's errors have the name that its answer says.
 */
export function causeOf(error: Error): string | null {
  let name: string | null = null;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return identifierOf(cause.code);
    name ??= identifierOf(cause.name);
  }
  return name;
}

/** The text if it looks like the name or the code of an error, else "unknown". */
export function identifierOf(text: string): string {
  return /^[A-Z][A-Za-z0-9_]{0,63}$/.test(text) ? text : "unknown";
}
