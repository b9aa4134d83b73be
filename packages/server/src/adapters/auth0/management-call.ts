import type { z } from "zod";

/** One request of the Management API, and what counts as its answer. */
export interface ManagementCall<Answer> {
  /** What it does, in words for an operator. */
  readonly purpose: string;
  /** The scope that it needs. */
  readonly scope: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Relative to `<tenant>/api/v2/`, made by {@link path}. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Expected statuses whose answer is null: there is no such thing, or it exists already. */
  readonly nullStatuses?: readonly number[];
  /** Null for a call whose answer has no body. */
  readonly answer: z.ZodType<Answer> | null;
  /** Whether it may be repeated when it is not known whether it had its effect. Default: unless it is a POST. */
  readonly isIdempotent?: boolean;
  /** What an operator has to fix if Auth0 answers 404, where it is not one of `nullStatuses`. */
  readonly unknown?: string;
}

/**
 * Builds a path, with each value as one segment.
 * @throws {TypeError} a value cannot be a segment: `..` would lead elsewhere
 */
export function path(parts: TemplateStringsArray, ...segments: readonly string[]): string {
  return String.raw({ raw: parts }, ...segments.map(segment));
}

/** Whether a value can be a segment of a {@link path}. */
export function isSegment(value: string): boolean {
  return !/^\.*$/.test(value) && !/[\p{Cc}\p{Cs}]/u.test(value);
}

function segment(value: string): string {
  if (!isSegment(value)) throw new TypeError("not a segment of a path");
  return encodeURIComponent(value);
}

/** What is wrong if Auth0 answers with this status, in words for an operator. */
export function describeStatus({ scope, unknown }: ManagementCall<unknown>, status: number): string {
  const answers = `Auth0 answers ${status}`;
  if (status === 401) return `${answers}: it does not accept its own token`;
  if (status === 403) return `${answers}: the client's grant lacks the scope ${scope}`;
  if (status === 404 && unknown !== undefined) return `${answers}: ${unknown}`;
  return status >= 300 && status < 400 ? `${answers}, a redirect, which is not followed` : answers;
}
