import { STATUS_CODES } from "node:http";
import { type Reason, Refusal } from "../../../domain/index.ts";
import { headersFor, messageOf, statusOf, toTRPCError } from "../../../trpc/index.ts";
import { EVERY_CLIENT_ERROR } from "../../transport/error-answers.ts";
import { type Json, ref } from "./schemas.ts";

/** A refusal as clients see it. */
export interface DescribedRefusal {
  readonly reason: Reason;
  readonly status: number;
  readonly message: string;
  /** The names of its extra headers, in lower case. */
  readonly headers: readonly string[];
}

/** The server's own answer for the reason. */
export function refusalFor(reason: Reason): DescribedRefusal {
  const error = toTRPCError(new Refusal(reason, "described"));
  const headers = Object.keys(headersFor([error]));
  return { reason, status: statusOf(error), message: messageOf(error), headers };
}

/** Refusals that Node sends before it knows the path. */
export const CONNECTION_REFUSALS: readonly DescribedRefusal[] = EVERY_CLIENT_ERROR.map(
  ([statusLine, reason, message]) => ({
    reason,
    message,
    status: Number.parseInt(statusLine, 10),
    headers: [],
  }),
);

/** The refusal of a body that is not JSON. */
export const WRONG_MEDIA_TYPE: DescribedRefusal = {
  ...refusalFor("INPUT_INVALID"),
  status: 415,
  message: `${refusalFor("INPUT_INVALID").message}: send content-type: application/json`,
};

/** An operation's refusals by status. Each status lists its reasons, with an example of each. */
export function refusalResponses(refusals: readonly DescribedRefusal[]): Json {
  const statuses = [...new Set(refusals.map(({ status }) => status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [status, response(refusals.filter((refusal) => refusal.status === status))]),
  );
}

export function refusalExamples(refusals: readonly DescribedRefusal[]): Json {
  return Object.fromEntries(
    refusals.map((refusal) => {
      const { reason, message } = refusal;
      return [exampleName(refusal), { summary: reason, value: { error: { reason, message } } }];
    }),
  );
}

export const HEADERS = {
  "WWW-Authenticate": {
    description: "RFC 6750: the scheme, and `error` if a token was sent",
    required: true,
    schema: { type: "string" },
    // Mock servers send it, so it must be a value that a header can carry.
    example: headersFor([toTRPCError(new Refusal("TOKEN_INVALID", "described"))])["www-authenticate"],
  },
  "Retry-After": {
    description: "Seconds to wait before the same request again",
    required: true,
    schema: { type: "integer", minimum: 1 },
    example: 2,
  },
} as const;

function response(refusals: readonly DescribedRefusal[]): Json {
  const [first] = refusals;
  const reasons = [...new Set(refusals.map(({ reason }) => `\`${reason}\``))];
  const headers = Object.keys(HEADERS).filter((name) =>
    refusals.every((refusal) => refusal.headers.includes(name.toLowerCase())),
  );
  return {
    description: `${STATUS_CODES[first?.status ?? 0]}: ${reasons.join(", ")}`,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    }),
    content: {
      "application/json": {
        schema: ref("Error"),
        examples: Object.fromEntries(
          refusals.map((refusal) => {
            const name = exampleName(refusal);
            return [name, { $ref: `#/components/examples/${name}` }];
          }),
        ),
      },
    },
  };
}

/** Unique per reason, status and message, because one reason may come with several of either. */
function exampleName({ reason, status, message }: DescribedRefusal): string {
  const usual = refusalFor(reason);
  if (status !== usual.status) return `${reason}_${status}`;
  return message === usual.message ? reason : `${reason}_HTTP`;
}
