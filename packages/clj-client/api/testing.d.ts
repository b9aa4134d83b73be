import { HttpHandler, HttpResponse } from "msw";
/** The ways a directory can fail other than by an error status. */
declare const MISBEHAVIOURS: {
  /** Never answers. */
  hang: () => Promise<never>;
  /** Drops the connection. */
  reset: () => HttpResponse<any>;
  /** Sends its headers, then a byte from time to time: whitespace, which JSON permits. */
  drip: () => HttpResponse<import("msw").DefaultBodyType>;
  /** Never stops sending. */
  huge: () => HttpResponse<import("msw").DefaultBodyType>;
  html: () => HttpResponse<"<!doctype html><title>Sign in</title>">;
  empty: () => HttpResponse<import("msw").DefaultBodyType>;
  "no content": () => HttpResponse<import("msw").DefaultBodyType>;
  redirect: () => HttpResponse<import("msw").DefaultBodyType>;
  truncated: () => HttpResponse<import("msw").DefaultBodyType>;
  array: () => HttpResponse<import("msw").JsonBodyType>;
  /** The identity provider's subject instead of the UUID. */
  "not a UUID": () => HttpResponse<import("msw").JsonBodyType>;
  "nil UUID": () => HttpResponse<import("msw").JsonBodyType>;
  "someone else": () => HttpResponse<import("msw").JsonBodyType>;
};
/** The name of a way to fail. */
type Misbehaviour = keyof typeof MISBEHAVIOURS;
/** A misbehaviour, or an HTTP status. */
type Fault = Misbehaviour | number;
interface StoredUser {
  readonly id: string;
  /** As it was first stored. */
  readonly email: string;
  readonly emailVerified: boolean;
}
interface InMemoryDirectoryOptions {
  /** The base address at which requests are intercepted. */
  readonly url: string;
  /** The service token it accepts. */
  readonly token: string;
}
/** A mock of clj-pg-wrapper without a network or a database. */
interface InMemoryDirectory {
  /** For MSW's `setupServer`. */
  readonly handlers: readonly HttpHandler[];
  /** All users, by address in lower case. A test may add to it. */
  readonly users: Map<string, StoredUser>;
  /** The requests that arrived, in order, such as `POST /api/v1/users/ensure`. */
  readonly requests: string[];
  /** Answers the next `times` requests, or all, with the fault. A new fault replaces the previous one. */
  fault(fault: Fault, times?: number): void;
  /** Forgets users, requests and faults. */
  reset(): void;
}
/** Creates a user directory in memory, which keeps the contract unless a test sets a fault. */
export declare function inMemoryDirectory({ url, token }: InMemoryDirectoryOptions): InMemoryDirectory;
export type { Fault, InMemoryDirectory, InMemoryDirectoryOptions, Misbehaviour, StoredUser };