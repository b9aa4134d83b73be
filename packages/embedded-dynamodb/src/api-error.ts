import db from "dynalite/db/index.js";

/** What DynamoDB answers, as dynalite's own errors carry it. */
export interface ApiAnswer {
  readonly __type: string;
  readonly message?: string;
}

/** An error that DynamoDB answers with status 400. */
export class ApiError extends Error {
  readonly body: ApiAnswer;

  constructor(name: string, message: string, more: object = {}) {
    super(message);
    this.body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more };
  }
}

/** The error of an input that is not allowed. */
export function invalid(message: string): Error {
  return db.validationError(message);
}

/** The answer that an error carries, be it dynalite's or ours; null for a defect. */
export function answerOf(error: unknown): ApiAnswer | null {
  return error instanceof Error && "body" in error ? (error.body as ApiAnswer) : null;
}
