import { causeOf, type Reason, Refusal, SubjectNotLinked, Unknown } from "@platform-api/server/domain";
import { CommandFailure } from "./terminal.ts";

/** The command line's words for an error of the domain; null for any other error. */
export function describeDomainError(error: unknown): string | null {
  if (error instanceof Unknown) {
    if (error.kind !== "user") return `there is no ${error.kind} ${error.id}: see \`platform-api org list\``;
    return `${error.id} has neither a link nor a membership here: is it the right UUID?`;
  }
  if (error instanceof SubjectNotLinked) {
    const held = error.seats.map(
      ({ userId, connection }) => `; it holds the seat of ${userId} on ${connection}`,
    );
    return `${error.key.subject} of tenant ${error.key.tenant} is not linked${held.join("")}`;
  }
  if (!(error instanceof Refusal)) return null;
  if (REFUSED.has(error.reason)) return describeRefusal(error);
  if (error.reason === "KEYS_UNAVAILABLE") return KEYS_UNAVAILABLE;
  if (error.reason === "AUTH0_UNAVAILABLE") return AUTH0_UNAVAILABLE;
  return describeDirectoryOutage(error) ?? describeOutage(error);
}

export const KEYS_UNAVAILABLE =
  "the issuer's keys are unavailable, so the token cannot be judged: check AUTH0_JWKS_URL and the network";
const AUTH0_UNAVAILABLE =
  "Auth0 is not responding: check AUTH0_MANAGEMENT_URL and its credentials, then run the same command again";

export function noOrganization(id: string): string {
  return `there is no organization ${id || '""'}: see \`platform-api org list\``;
}

/**
 * Says in a command's words that the domain has not found something, unless its error names what it is.
 * @throws {CommandFailure}, or the error as it is
 */
export function notFound(words: string): (error: unknown) => never {
  return (error) => {
    const isNamed = error instanceof Unknown;
    if (error instanceof Refusal && error.reason === "NOT_FOUND" && !isNamed) throw new CommandFailure(words);
    throw error;
  };
}

/** The reasons with which a verb of administration refuses what it was asked for. */
const REFUSED: ReadonlySet<Reason> = new Set([
  "ROLE_REQUIRED",
  "NOT_FOUND",
  "NOT_A_MEMBER",
  "INPUT_INVALID",
  "IDENTITY_CONFLICT",
  "LAST_OWNER",
  "CONFLICT",
  "NOT_READY",
  "LIMIT_REACHED",
  "RATE_LIMITED",
]);

function describeRefusal({ reason, hint, message, retryAfterSeconds }: Refusal): string {
  if (reason === "LAST_OWNER") {
    return "an organization keeps its last owner: first make another member owner with `platform-api member set-role … owner --force`";
  }
  const when = retryAfterSeconds === undefined ? "" : `; try again in ${retryAfterSeconds} s`;
  return `${hint ?? message}${when}`;
}

/** @param consequence what the command has done about it; null for any other error */
export function describeDirectoryOutage(error: unknown, consequence = ""): string | null {
  if (!(error instanceof Refusal) || !DIRECTORY_FAILURES.has(error.reason)) return null;
  const why = error.cause instanceof Error ? error.cause.message : error.message;
  return `the user directory does not answer (${why})${consequence}: check CLJ_PG_WRAPPER_URL and CLJ_PG_WRAPPER_TOKEN`;
}

const DIRECTORY_FAILURES: ReadonlySet<Reason> = new Set(["DIRECTORY_UNAVAILABLE", "OVERLOADED"]);

function describeOutage(refusal: Refusal): string {
  const why = causeOf(refusal);
  if (why === "ResourceNotFoundException") {
    return "the table that DYNAMODB_TABLE names does not exist: correct the name, or create it with `platform-api table create`";
  }
  if (why === "CredentialsProviderError") {
    return "no AWS credentials could be loaded: set up one of the places where the AWS SDK looks for them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of the container or the instance)";
  }
  return `the database is not responding (${why}): check DYNAMODB_TABLE, DYNAMODB_ENDPOINT, AWS_REGION and the credentials`;
}
