import { errorReason, problemFor } from "../../app/problems/error-reason.ts";
import type { AppReason } from "../../app/problems/problems.ts";
import { nameRule } from "../../organization/name-problem.ts";
import type { Connection } from "./connection/connection.ts";
import { sentence } from "./connection/ladder.ts";

/** The reasons whose answers say what is missing, after a fixed message. */
const EXPLAINED = new Set<AppReason>(["NOT_READY", "CONFLICT", "LIMIT_REACHED", "ROLE_REQUIRED"]);

export type SingleSignOnAction = "connect" | "update" | "remove" | "require" | "test";

/** Where the answer says no more than its reason. */
const OTHERWISE: Partial<Record<`${SingleSignOnAction} ${AppReason}`, string>> = {
  "connect NOT_READY": "Verify a domain of the organization first.",
  "connect CONFLICT": "Another connection is being set up. Finish it or remove it first.",
  "connect LIMIT_REACHED": "An organization has at most 10 connections. Remove one first.",
  "connect INPUT_INVALID": nameRule("connection"),
  "update INPUT_INVALID": nameRule("connection"),
  "update NOT_READY": "This is the last way in. Add another one first, or stop requiring single sign-on.",
  "remove NOT_READY": "This is the last way in. Add another one first, or stop requiring single sign-on.",
  "require NOT_READY": "Sign in through a connection that was tested in the last 7 days, then require it.",
  "test NOT_READY": "The connection is switched off. Switch it on first.",
  "test NOT_FOUND": "The connection has been removed.",
};

/** Why an action was refused, in plain words. Connections are called by what people see. */
export function refusalText(
  action: SingleSignOnAction,
  error: { readonly message: string },
  connections: readonly Pick<Connection, "name" | "displayName">[],
): string {
  const reason = errorReason(error);
  const hint = EXPLAINED.has(reason) ? hintOf(error.message) : null;
  if (hint !== null) {
    const readable = connections.reduce(
      (text, { name, displayName }) => text.replaceAll(name, () => displayName),
      hint,
    );
    return sentence(
      readable.replaceAll("the connection ", "").replaceAll("the SSO requirement", "the requirement"),
    );
  }
  const { what, next } = problemFor(reason);
  return OTHERWISE[`${action} ${reason}`] ?? `${what} ${next}`;
}

function hintOf(message: string): string | null {
  const at = message.indexOf(": ");
  return at === -1 ? null : message.slice(at + 2);
}
