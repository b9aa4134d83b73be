import { HttpHandler, HttpResponse } from "msw";
/** The ways a directory can go wrong other than by an error status. */
declare const MISBEHAVIOURS: {
  /** Never answers. */
  hang: () => Promise<never>;
  /** Drops the connection. */
  reset: () => HttpResponse<any>;
  /** Sends its headers, then a byte now and then: whitespace, which JSON permits. */
  drip: () => HttpResponse<import("msw").DefaultBodyType>;
  /** Never stops sending. */
  huge: () => HttpResponse<import("msw").DefaultBodyType>;
  html: () => HttpResponse<"<!doctype html><title>Sign in</title>">;
  empty: () => HttpResponse<import("msw").DefaultBodyType>;
  "no content": () => HttpResponse<import("msw").DefaultBodyType>;
  redirect: () => HttpResponse<import("msw").DefaultBodyType>;
  truncated: () => HttpResponse<import("msw").DefaultBodyType>;
  array: () => HttpResponse<import("msw").JsonBodyType>;
  /** The identity provider's subject where the UUID belongs. */
  "not a UUID": () => HttpResponse<import("msw").JsonBodyType>;
  "nil UUID": () => HttpResponse<import("msw").JsonBodyType>;
  "someone else": () => HttpResponse<import("msw").JsonBodyType>;
};
/** The name of a way to go wrong. */
type Misbehaviour = keyof typeof MISBEHAVIOURS;
/** A misbehaviour, or the status to answer with. */
type Fault = Misbehaviour | number;
interface StoredUser {
  readonly id: string;
  /** As it was first written. */
  readonly email: string;
  readonly emailVerified: boolean;
}
interface InMemoryDirectoryOptions {
  /** Base address at which requests are intercepted. */
  readonly url: string;
  /** The service token it accepts. */
  readonly token: string;
}
/** clj-pg-wrapper without a network or a database. */
interface InMemoryDirectory {
  /** For MSW's `setupServer`. */
  readonly handlers: readonly HttpHandler[];
  /** Everybody, by address in lower case. A test may add to it. */
  readonly users: Map<string, StoredUser>;
  /** The requests that arrived, in order: `POST /api/v1/users/ensure`. */
  readonly requests: string[];
  /** Answers the next requests, `times` of them or all, with the fault. The newest fault replaces the last. */
  fault(fault: Fault, times?: number): void;
  /** Forgets users, requests and faults. */
  reset(): void;
}
/** A user directory in memory, which keeps the contract until it is told to break it. */
export declare function inMemoryDirectory({ url, token }: InMemoryDirectoryOptions): InMemoryDirectory;
export type { Fault, InMemoryDirectory, InMemoryDirectoryOptions, Misbehaviour, StoredUser };