import type { Role } from "@platform-api/client";
import { type Domain, isTrusted } from "../../organization/trusted-domains.ts";
import { type Connection, isEnabled } from "./connection/connection.ts";

const STEPS = ["domain", "connection", "test", "require"] as const;
export type StepName = (typeof STEPS)[number];
/** The one that is `next` is the only one with a primary button. */
export type StepState = "done" | "next" | "later";

/** As the server counts it. */
const TEST_AGE_MS = 7 * 86_400_000;

/** What the steps depend on. */
export interface Facts {
  readonly domains: readonly Domain[];
  readonly connections: readonly Connection[];
  readonly enforceSso: boolean;
  readonly nowMs: number;
}

/** Whether the last test of a connection still counts. */
export function isTested({ testedAt }: Pick<Connection, "testedAt">, nowMs: number): boolean {
  return testedAt !== null && nowMs - Date.parse(testedAt) <= TEST_AGE_MS;
}

/** Where the organization stands. While single sign-on is required, no step is next. */
export function progressOf(facts: Facts): Readonly<Record<StepName, StepState>> {
  const { domains, connections, enforceSso, nowMs } = facts;
  const enabled = connections.filter(isEnabled);
  const done = {
    domain: domains.some(isTrusted),
    connection: enabled.length > 0,
    test: enabled.some((each) => isTested(each, nowMs)),
    require: enforceSso,
  };
  const next = enforceSso ? undefined : STEPS.find((step) => !done[step]);
  const stateOf = (step: StepName): StepState => (done[step] ? "done" : step === next ? "next" : "later");
  return {
    domain: stateOf("domain"),
    connection: stateOf("connection"),
    test: stateOf("test"),
    require: stateOf("require"),
  };
}

/** Why single sign-on cannot be required yet. `connection` is the one to do it with. */
export type Obstacle =
  | { readonly kind: "role" | "locked" | "domain" | "record" | "noConnection" | "outsider" }
  | { readonly kind: "test" | "signIn"; readonly connection: Connection };

export interface Requirer extends Facts {
  readonly role: Role;
  /** Whether an operator has fixed the setting. */
  readonly isLocked: boolean;
  /** The connection of this sign-in, as far as the browser knows. The server decides. Null if it does not know. */
  readonly signedInThrough: string | null;
  /** Whether the caller's address is at one of the verified domains. */
  readonly isInside: boolean;
}

/** The first thing that is missing. Null if the server can be asked, which checks all of it again. */
export function obstacleOf(requirer: Requirer): Obstacle | null {
  const { role, isLocked, domains, connections, nowMs, signedInThrough, isInside } = requirer;
  if (isLocked) return { kind: "locked" };
  if (role !== "owner") return { kind: "role" };
  if (!domains.some(isTrusted)) return { kind: "domain" };
  if (!domains.some(({ state }) => state === "verified")) return { kind: "record" };
  const connection = connectionFor(connections, signedInThrough, nowMs);
  if (connection === null) return { kind: "noConnection" };
  if (!isTested(connection, nowMs)) return { kind: "test", connection };
  const isThrough = signedInThrough === null || signedInThrough === connection.name;
  if (isThrough) return null;
  return isInside ? { kind: "signIn", connection } : { kind: "outsider" };
}

/** The connection to require single sign-on with: the one of this sign-in, else a tested one, else any that is on. */
export function connectionFor(
  connections: readonly Connection[],
  signedInThrough: string | null,
  nowMs: number,
): Connection | null {
  const enabled = connections.filter(isEnabled);
  const own = enabled.find(({ name }) => name === signedInThrough);
  return own ?? enabled.find((each) => isTested(each, nowMs)) ?? enabled[0] ?? null;
}
