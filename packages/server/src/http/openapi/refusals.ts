import { STATUS_CODES } from "node:http";
import { type Reason, Refusal } from "../../domain/index.ts";
import { headersFor, messageOf, statusOf, toTRPCError } from "../../trpc/index.ts";
import { EVERY_CLIENT_ERROR } from "../error-answers.ts";
import { type Json, ref } from "./schemas.ts";

/** One refusal as it goes over the wire. */
export interface DescribedRefusal {
  readonly reason: Reason;
  readonly status: number;
  readonly message: string;
  /** Names of headers that come with it, in lower case. */
  readonly headers: readonly string[];
}

/** What the server itself would answer for the reason. */
export function refusalFor(reason: Reason): DescribedRefusal {
  const error = toTRPCError(new Refusal(reason, "described"));
  const headers = Object.keys(headersFor([error]));
  return { reason, status: statusOf(error), message: messageOf(error), headers };
}

/** What Node refuses before the path is known. */
export const CONNECTION_REFUSALS: readonly DescribedRefusal[] = EVERY_CLIENT_ERROR.map(
  ([statusLine, reason, message]) => ({
    reason,
    message,
    status: Number.parseInt(statusLine, 10),
    headers: [],
  }),
);

/** A body of another type than JSON. */
export const WRONG_MEDIA_TYPE: DescribedRefusal = {
  ...refusalFor("INPUT_INVALID"),
  status: 415,
  message: `${refusalFor("INPUT_INVALID").message}: send content-type: application/json`,
};

/** The responses of an operation by status, each with its reasons and an example of every one. */
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
    description: "RFC 6750: the scheme, and `error` where a token was sent",
    required: true,
    schema: { type: "string" },
    example: 'Bearer realm="platform-api", error="invalid_token", error_description="…"',
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

/** One reason may come with several statuses. */
function exampleName({ reason, status, message }: DescribedRefusal): string {
  const usual = refusalFor(reason);
  if (status !== usual.status) return `${reason}_${status}`;
  return message === usual.message ? reason : `${reason}_HTTP`;
}
