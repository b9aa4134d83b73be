import type { Fault } from "../simulator/fault-proxy.ts";
import {
  answer,
  FAULTS,
  hang,
  only,
  RECORD_FAULTS,
  resetAfterCommit,
  STORE_FAULTS,
  writes,
} from "../simulator/faults.ts";
import type { HostileKind } from "./rules.ts";

export type Upstream = "keys" | "directory" | "store" | "credentials";

/** What happens beside the load. All but `restart` go on until the phase ends. */
export type Action = "publish" | "sign" | "retire" | "restart" | "apply" | "race" | "revoke";

/** A part of a run. Phases may overlap. */
export interface Phase {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
  /** The fault of one upstream in this phase. */
  readonly fault?: readonly [Upstream, Fault];
  readonly actions?: readonly Action[];
  /** Half of the hostile requests are of these kinds. */
  readonly hostile?: readonly HostileKind[];
}

export interface Plan {
  readonly seconds: number;
  /** Requests a second, without the races. */
  readonly rate: number;
  readonly races: number;
  readonly callersOfRace: number;
  /** From here on memory is compared. */
  readonly warmS: number;
  readonly phases: readonly Phase[];
}

/** Hostile requests that are sent all the time. */
export const USUAL: readonly HostileKind[] = [
  ...(["forged signature", "alg none", "another audience", "expired token", "unknown key"] as const),
  ...([
    "another issuer",
    "foreign domain",
    "unverified address",
    "recycled mailbox",
    "removed member",
  ] as const),
  ...(["conflicting headers", "wrong method", "discovery flood", "aborting caller"] as const),
];
const FLOOD: readonly HostileKind[] = ["unknown key"];
const SLOW: readonly HostileKind[] = ["slow writer", "slow reader", "pipelining", "aborting caller"];
const BATCHES: readonly HostileKind[] = [
  ...(["batch over ten", "batch of bad tokens", "deep JSON", "large body", "large headers"] as const),
];

function fault(name: string, fromS: number, toS: number, upstream: Upstream, fault: Fault): Phase {
  return { name: `${upstream}: ${name}`, fromS, toS, fault: [upstream, fault] };
}

/** It takes so long, because it waits until a block and then a sign-out must be seen. */
const REVOKE_S = 18;

function revoke(fromS: number): Phase {
  return { name: "blocks, sign-outs", fromS, toS: fromS + REVOKE_S, actions: ["revoke"] };
}

const NOT_A_UUID = RECORD_FAULTS["not a UUID"];
const UNAVAILABLE = answer(500, { error: "fault" });
const LOST_REPLIES = only(writes, resetAfterCommit);

/**
 * The whole run. A key is used 12 s after it is published, because an unknown key is looked up once in 10 s, and may be
 * retired once nobody uses the one before. The keys fail only then: after a failure the next look may take 30 s.
 */
export const FULL: Plan = {
  seconds: 265,
  rate: 300,
  races: 200,
  callersOfRace: 50,
  warmS: 20,
  phases: [
    { name: "unknown-key flood", fromS: 16, toS: 66, hostile: FLOOD },
    { name: "the next key is published", fromS: 16, toS: 28, actions: ["publish"] },
    { name: "the next key signs", fromS: 28, toS: 32, actions: ["sign"] },
    { name: "the old key is retired", fromS: 32, toS: 44, actions: ["retire"] },
    { name: "tokens of the retired key", fromS: 44, toS: 50, hostile: ["retired key"] },
    fault("500", 50, 56, "keys", UNAVAILABLE),
    fault("hang", 56, 60, "keys", hang),
    fault("500", 70, 74, "directory", UNAVAILABLE),
    fault("hang", 82, 86, "directory", hang),
    fault("not a UUID", 94, 98, "directory", NOT_A_UUID),
    fault("throttled", 106, 110, "store", STORE_FAULTS.throttle),
    fault("hang", 118, 122, "store", hang),
    fault("replies lost", 130, 134, "store", LOST_REPLIES),
    fault("500", 142, 164, "credentials", UNAVAILABLE),
    { name: "restart", fromS: 150, toS: 155, actions: ["restart"] },
    { name: "first-login races", fromS: 8, toS: 232, actions: ["race"] },
    { name: "slow readers and writers", fromS: 176, toS: 196, hostile: SLOW },
    { name: "batch abuse", fromS: 196, toS: 212, hostile: BATCHES },
    { name: "org apply", fromS: 212, toS: 232, actions: ["apply"] },
    // Each fault comes into one of them: while a block or a sign-out is stored, or while it holds.
    ...[46, 68, 88, 106, 126, 146, 234].map(revoke),
    { name: "restart", fromS: 234, toS: 239, actions: ["restart"] },
    { name: "restart", fromS: 246, toS: 251, actions: ["restart"] },
  ],
};

/** The form for the tests: the same in 20 s, one fault close to the next. */
export const SHORT: Plan = {
  seconds: 20,
  rate: 100,
  races: 10,
  callersOfRace: 50,
  warmS: 1,
  phases: [
    { name: "unknown-key flood", fromS: 0, toS: 16, hostile: FLOOD },
    { name: "the next key is published", fromS: 0.5, toS: 13, actions: ["publish"] },
    fault("500", 1, 2, "directory", UNAVAILABLE),
    fault("hang", 2, 3, "directory", hang),
    fault("not a UUID", 3, 4, "directory", NOT_A_UUID),
    { name: "first-login races", fromS: 4, toS: 18, actions: ["race"] },
    fault("throttled", 5, 6, "store", STORE_FAULTS.throttle),
    fault("hang", 6, 7, "store", hang),
    fault("replies lost", 7, 8, "store", LOST_REPLIES),
    { name: "slow readers and writers", fromS: 5, toS: 9, hostile: SLOW },
    fault("500", 8, 10, "credentials", FAULTS[500]),
    { name: "restart", fromS: 9, toS: 12, actions: ["restart"] },
    { name: "org apply", fromS: 10, toS: 18, actions: ["apply"] },
    revoke(1),
    { name: "the next key signs", fromS: 13, toS: 18, actions: ["sign"] },
    fault("500", 13, 15, "keys", UNAVAILABLE),
    { name: "batch abuse", fromS: 16, toS: 18, hostile: BATCHES },
  ],
};
