import type { Environment } from "@platform-api/platform-api";
import fc from "fast-check";
import type { Exchange, Fault } from "../simulator/fault-proxy.ts";
import { conflict, does, pass, reset, resetAfterCommit, writes } from "../simulator/faults.ts";

type Matches = (exchange: Exchange) => boolean;

/** What can happen to the request with this number, counted from 1, of those that match. */
const FAULTS = {
  /** The process dies before it sends the request. */
  "a crash before": (matches: Matches, number: number) => crashAt(matches, number, reset),
  /** It dies before the reply. What it sends later does not arrive. */
  "a crash after": (matches: Matches, number: number) => crashAt(matches, number, resetAfterCommit),
  "a lost reply of": (matches: Matches, number: number) => nth(matches, number, 1, resetAfterCommit),
  /** To none of its attempts. */
  "no reply of": (matches: Matches, number: number) =>
    nth(matches, number, Number.POSITIVE_INFINITY, resetAfterCommit),
  "a conflict of": (matches: Matches, number: number) => nth(matches, number, 1, conflict),
} as const satisfies Record<string, (matches: Matches, number: number) => Fault>;

type Kind = keyof typeof FAULTS;

function crashAt(matches: Matches, number: number, last: Fault): Fault {
  let arrived = 0;
  let isDead = false;
  return (exchange) => {
    if (isDead) return reset(exchange);
    if (matches(exchange)) arrived += 1;
    isDead = arrived === number;
    return (isDead ? last : pass)(exchange);
  };
}

/** The fault for the first attempts of one request. Each attempt has the id of its request. */
function nth(matches: Matches, number: number, attempts: number, fault: Fault): Fault {
  const seen: unknown[] = [];
  let attempt = 0;
  return (exchange) => {
    const id = exchange.request.headers["amz-sdk-invocation-id"];
    if (matches(exchange) && !seen.includes(id)) seen.push(id);
    if (seen.indexOf(id) !== number - 1) return pass(exchange);
    attempt += 1;
    return (attempt <= attempts ? fault : pass)(exchange);
  };
}

/** One fault at one request. */
export interface Disturbance {
  readonly what: string;
  /** Whether the process has its answer all the same. */
  readonly isSurvived: boolean;
  readonly fault: Fault;
}

/**
 * The requests of a verb that only read, and those that may write. They are counted apart: how many reads go together in
 * one request depends on the moment.
 */
export interface Counts {
  readonly reads: number;
  readonly writes: number;
}

export type Choose = (counts: Counts) => readonly Disturbance[];

function disturbance(kind: Kind, of: keyof Counts, number: number): Disturbance {
  const matches: Matches = of === "writes" ? writes : (exchange) => !writes(exchange);
  const isSurvived = kind === "a lost reply of" || kind === "a conflict of";
  return { what: `${kind} number ${number} of the ${of}`, isSurvived, fault: FAULTS[kind](matches, number) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const ANY: readonly Kind[] = ["a crash after", "a lost reply of", "no reply of"];

/** Every fault at every request. */
export const everyFault: Choose = ({ reads, writes }) => [
  ...numbers(reads).flatMap((number) => ANY.map((kind) => disturbance(kind, "reads", number))),
  ...numbers(writes).flatMap((number) =>
    (Object.keys(FAULTS) as Kind[]).map((kind) => disturbance(kind, "writes", number)),
  ),
];

/** At each request that may write two crashes or one, a conflict, and another fault; and any fault at one that reads. */
export function someFaults(seed: number): Choose {
  const pick = <T>(from: readonly T[]): T[] => fc.sample(fc.constantFrom(...from), { seed, numRuns: 1 });
  return ({ reads, writes }) => [
    disturbance("a crash before", "writes", 1),
    ...numbers(writes).flatMap((number) => [
      disturbance("a crash after", "writes", number),
      disturbance("a conflict of", "writes", number),
      ...pick<Kind>(["a lost reply of", "no reply of"]).map((kind) => disturbance(kind, "writes", number)),
    ]),
    ...pick(numbers(reads)).flatMap((number) => pick(ANY).map((kind) => disturbance(kind, "reads", number))),
  ];
}

/** Stores a part of the first transaction, as single writes would before a crash. */
export function partOfCommit(
  { DYNAMODB_ENDPOINT: endpoint = "" }: Environment,
  part: (operations: readonly object[]) => readonly object[],
): Choose {
  const fault = crashAt(does("TransactWriteItems"), 1, async (exchange) => {
    const { TransactItems, ClientRequestToken: _, ...others } = JSON.parse(exchange.body.toString());
    const names = ["authorization", "content-type", "x-amz-target"];
    await fetch(endpoint, {
      method: "POST",
      headers: names.map((name): [string, string] => [name, String(exchange.request.headers[name])]),
      body: JSON.stringify({ ...others, TransactItems: part(TransactItems) }),
    });
    reset(exchange);
  });
  return () => [{ what: "a part of a commit", isSurvived: false, fault }];
}
