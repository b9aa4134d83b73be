import { PlatformClient, Role, Waiting } from "./token-validator.js";
/** Why a user's work must end, in the order in which it is decided. */
declare const STANDING_REASONS: readonly ["NOT_A_MEMBER", "MEMBERSHIP_REMOVED", "ROLE_REQUIRED", "IDENTITY_BLOCKED", "TOKEN_REVOKED", "SSO_REQUIRED"];
type StandingReason = (typeof STANDING_REASONS)[number];
/** Whose standing is asked, for work that goes on without the token that started it. */
interface StandingQuestion {
  /** That of `auth.validate`, when the work was started. */
  readonly userId: string;
  /** Where the work is done. */
  readonly organizationId: string;
  /** The role that the work needs. Default: `member`. */
  readonly role?: Role | undefined;
  /** The `issuedAt` that `auth.validate` answered, never a time of your own clock. */
  readonly since: string;
  /** The `loginId` that `auth.validate` answered; null for a legacy token. */
  readonly loginId?: string | null | undefined;
}
/** Why a user's work ends: what a watched signal aborts with. */
export declare class StandingEnded extends Error {
  readonly name = "StandingEnded";
  /** STORE_UNAVAILABLE: for too long nobody could say whether the user still stands. `cause` is then the last error. */
  readonly reason: StandingReason | "STORE_UNAVAILABLE";
  constructor(reason: StandingReason | "STORE_UNAVAILABLE", cause?: unknown);
}
interface StandingsOptions {
  /** Its token is the service's own, of a client that an operator has listed with `standing`. */
  readonly platform: PlatformClient;
  /** How often is asked, at once for all that is watched. Default: 5,000. */
  readonly everyMs?: number;
  /** How long work may go on after the last answer. Default: 60,000. */
  readonly graceMs?: number;
  /** What becomes of work then. By default it ends with STORE_UNAVAILABLE; otherwise it goes on until there is an answer. */
  readonly onOutage?: "end" | "continue";
  /**
   * Receives each error against which waiting does not help, so that an operator can see it: CLIENT_NOT_ALLOWED,
   * ROLE_REQUIRED or TOKEN_INVALID of the service itself, or a token function that fails. It is waited out as an outage.
   */
  readonly onError?: (error: unknown) => void;
}
/** Aborts with a {@link StandingEnded} when the user's work must end. Its disposal ends only the watch. */
interface WatchedSignal extends AbortSignal {
  [Symbol.dispose](): void;
}
/** Watches whether users still stand. */
interface Standings {
  /** @throws {TypeError} for a question that the server would refuse */
  watch(question: StandingQuestion): WatchedSignal;
  /**
   * Asks now, for example before a step, and resolves if the user stands. It waits an outage out as long as `watch` does.
   * @throws {StandingEnded} why the user's work must end
   */
  ask(question: StandingQuestion, waiting?: Waiting): Promise<void>;
  /** Asks no more. Signals that are still watched abort with an AbortError, because they would miss an end. */
  [Symbol.dispose](): void;
}
/** @throws {RangeError} naming the option that is out of bounds */
export declare function watchStandings(options: StandingsOptions): Standings;
export type { StandingQuestion, StandingReason, Standings, StandingsOptions, WatchedSignal };