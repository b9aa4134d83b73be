import { TRPCError } from "@trpc/server";
import { ZodError, type z } from "zod";
import { type Reason, Refusal } from "../domain/index.ts";
import { answerHeaders, answerOf, inPlainWords, PROBLEM_OF_CODE, reasonOfCode } from "../wire/index.ts";

/** What is wrong with a request before it reaches a procedure. The client gets the text, which quotes nothing. */
class InputProblem extends Error {}

/** The error for a malformed request; `text` tells the client what is wrong. */
export function inputProblem(text: string): TRPCError {
  return new TRPCError({ code: "BAD_REQUEST", cause: new InputProblem(text) });
}

/**
 * The input as the schema reads it, where no procedure does.
 * @throws {TRPCError} BAD_REQUEST, which names the fields that are wrong
 */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  throw new TRPCError({ code: "BAD_REQUEST", cause: error });
}

/** Anything that was thrown, as the tRPC error that answers it. */
export function toTRPCError(error: unknown): TRPCError {
  if (error instanceof TRPCError) return answered(error);
  if (!(error instanceof Refusal)) return new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: error });
  const { code, message } = answerOf(error.reason);
  return new TRPCError({ code, message, cause: error });
}

/** The refusal behind an error; null for any other. */
function refusalOf({ cause }: TRPCError): Refusal | null {
  return cause instanceof Refusal ? cause : null;
}

/** The error that is answered. tRPC wraps a refusal that a procedure throws in an error of its own. */
export function answered(error: TRPCError): TRPCError {
  const refusal = refusalOf(error);
  return refusal === null ? error : toTRPCError(refusal);
}

/** The reason of any error that tRPC reports, its own included. */
export function reasonOf(error: TRPCError): Reason {
  return refusalOf(error)?.reason ?? reasonOfCode(error.code);
}

/** The fixed message for the client, completed by what is wrong; for invalid input, by what is wrong in which field. */
export function messageOf(error: TRPCError): string {
  const { message } = answerOf(reasonOf(error));
  const problem = problemOf(error);
  return problem === undefined ? message : `${message}: ${problem}`;
}

function problemOf(error: TRPCError): string | undefined {
  const { code, cause } = error;
  const refusal = refusalOf(error);
  if (refusal !== null) return refusal.hint;
  if (reasonOf(error) !== "INPUT_INVALID") return undefined;
  if (cause instanceof InputProblem) return cause.message;
  if (cause instanceof SyntaxError) return PROBLEM_OF_CODE.PARSE_ERROR;
  if (!(cause instanceof ZodError)) return PROBLEM_OF_CODE[code];
  return cause.issues.map((issue) => `${issue.path.join(".") || "input"}: ${wordsOf(issue)}`).join("; ");
}

/** In an error, an issue says only in zod's words that the field is missing. */
function wordsOf(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  return inPlainWords(issue, message.endsWith("received undefined")) ?? message;
}

/** The HTTP status of any error that tRPC reports, and the number of each of its codes. */
export {
  getHTTPStatusCodeFromError as statusOf,
  TRPC_ERROR_CODES_BY_KEY as NUMBERS,
} from "@trpc/server/unstable-core-do-not-import";

/** The headers that go with the errors of one response, see {@link answerHeaders}. */
export function headersFor(errors: readonly TRPCError[]): Record<string, string> {
  return answerHeaders(
    errors.map((error) => ({
      reason: reasonOf(error),
      retryAfterSeconds: refusalOf(error)?.retryAfterSeconds,
    })),
  );
}
