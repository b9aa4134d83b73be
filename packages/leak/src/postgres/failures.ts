import { LeakProblem, RowRefused } from "../model.ts";
import { describeError, sqlState } from "./problems.ts";

/**
 * What a failed transaction means. `refused`: its rows cannot be changed. `busy`: others hold them, or it takes too long with
 * them. `lost`: nobody has said how it ended. `problem`: no other transaction would do better.
 */
export type Failure =
  | { readonly kind: "refused" | "busy"; readonly why: string }
  | { readonly kind: "lost" }
  | { readonly kind: "problem"; readonly problem: unknown };

const BUSY: Readonly<Record<string, string>> = {
  "40001": "other transactions change its rows all the time: repeat the command",
  "40P01": "other transactions change its rows all the time: repeat the command",
  "55P03":
    "another transaction holds its rows, or what refers to them: end that transaction, then repeat the command",
  "57014":
    "it takes longer than a minute, or somebody cancelled it: an index on the columns of its foreign keys may be missing",
};

/** Data that is refused, integrity, what a trigger raises, what is not supported, and a view with a check. */
const REFUSING = new Set(["0A", "21", "22", "23", "27", "38", "39", "44", "P0"]);
export const GO_ON =
  "what was done before stays, and is in the undo file: then repeat the command, and it goes on from there";

const PROBLEMS: Readonly<Record<string, string>> = {
  "25006": "the server takes no changes (a standby, or read-only): name the primary in --postgres",
  "42501": "a permission is missing",
  "42P01": "the table has changed meanwhile: make the plan again",
  "42703": "the table has changed meanwhile: make the plan again",
  "42804": "the table has changed meanwhile: make the plan again",
  "53100": "the disk of the server is full: make room there",
};

export function failureOf(error: unknown): Failure {
  if (error instanceof LeakProblem) return { kind: "problem", problem: error };
  if (error instanceof RowRefused) return { kind: "refused", why: error.message };
  const state = sqlState(error);
  if (state === null) return isLost(error) ? { kind: "lost" } : { kind: "problem", problem: error };
  const busy = BUSY[state];
  if (busy !== undefined) return { kind: "busy", why: busy };
  if (REFUSING.has(state.slice(0, 2))) return { kind: "refused", why: describeError(error) };
  if (state.startsWith("08") || state.startsWith("57P") || state === "25P03") return { kind: "lost" };
  const cure = PROBLEMS[state] ?? "see the log of the server";
  return {
    kind: "problem",
    problem: new LeakProblem(`PostgreSQL refuses the change (${describeError(error)}): ${cure}; ${GO_ON}`),
  };
}

/** What the client of PostgreSQL and Node say of a connection that has ended. */
function isLost(error: unknown): boolean {
  return (
    error instanceof Error &&
    ("code" in error || /connection|terminated|timeout|queryable/i.test(error.message))
  );
}

export function lostProblem(error: unknown): LeakProblem {
  return new LeakProblem(
    `the connection to PostgreSQL was lost again and again (${describeError(error)}); ${GO_ON}`,
    {
      cause: error,
    },
  );
}
