import { Refusal } from "@platform-api/server/memory";
import type { Reason } from "@platform-api/server/router";
import { isReason } from "@platform-api/server/wire";
import type { Procedure, ProcedureOutput } from "./procedures.ts";

/** The calls that a refusal or an override applies to; all calls without any of these. */
export interface Scope {
  readonly procedure?: Procedure;
  /** Only calls with this token. */
  readonly token?: string;
  /** Only the next `times` of these calls. */
  readonly times?: number;
}

export type RefusalOptions = Scope & {
  /** Replaces the server's usual `Retry-After`. */
  readonly retryAfterSeconds?: number;
};

export interface Call {
  readonly procedure: string;
  readonly token: string | null;
}

/** Applied only to answers of the procedure that it was made for. */
interface Override {
  apply(usual: unknown): unknown;
}

interface Switch<T> {
  readonly scope: Scope;
  readonly value: T;
  left: number;
}

/** The failures that a test has switched on. When several apply to a call, the newest one is used. */
export class Switches {
  readonly #refusals: Switch<Refusal>[] = [];
  readonly #overrides: Switch<Override>[] = [];
  delayMs = 0;
  isDown = false;

  /** @throws {TypeError} for an unknown reason */
  refuse(reason: Reason, { retryAfterSeconds, ...scope }: RefusalOptions): void {
    if (!isReason(reason)) throw new TypeError(`platformHandlers: unknown reason "${reason}"`);
    this.#refusals.unshift(switchOf(new Refusal(reason, "asked for", { retryAfterSeconds }), scope));
  }

  change<P extends Procedure>(
    procedure: P,
    change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>,
    scope: Scope,
  ): void {
    this.#overrides.unshift(switchOf<Override>({ apply: change }, { ...scope, procedure }));
  }

  /** @throws {Refusal} when the call is to be refused */
  applyRefusal(call: Call): void {
    const refusal = take(this.#refusals, call);
    if (refusal !== undefined) throw refusal;
  }

  /** The answer that the test has set, made from the usual one of the same procedure. */
  applyOverride(call: Call, usual: unknown): unknown {
    const override = take(this.#overrides, call);
    return override === undefined ? usual : override.apply(usual);
  }

  reset(): void {
    this.#refusals.length = 0;
    this.#overrides.length = 0;
    this.delayMs = 0;
    this.isDown = false;
  }
}

function switchOf<T>(value: T, scope: Scope): Switch<T> {
  return { value, scope, left: scope.times ?? Number.POSITIVE_INFINITY };
}

function take<T>(switches: readonly Switch<T>[], call: Call): T | undefined {
  const found = switches.find(({ scope, left }) => left > 0 && appliesTo(scope, call));
  if (found !== undefined) found.left -= 1;
  return found?.value;
}

function appliesTo({ procedure, token }: Scope, call: Call): boolean {
  return (procedure ?? call.procedure) === call.procedure && (token ?? call.token) === call.token;
}
