import type { Reason } from "@platform-api/server/router";
import type { Procedure, ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";

/** Which calls a switch is for; all of them unless said. */
export interface Scope {
  readonly procedure?: Procedure;
  /** The calls that come with this token. */
  readonly token?: string;
  /** How many of them: the next one, the next two … */
  readonly times?: number;
}

export type RefusalOptions = Scope & {
  /** What `Retry-After` says in place of the server's own number. */
  readonly retryAfterSeconds?: number;
};

export interface Call {
  readonly procedure: string;
  readonly token: string | null;
}

/** Of some procedure; it is asked with that procedure's answers alone. */
interface Change {
  apply(usual: unknown): unknown;
}

interface Switch<T> {
  readonly scope: Scope;
  readonly value: T;
  left: number;
}

/** What is out of order at the moment; of several switches that are meant for a call, the newest one counts. */
export class Switches {
  readonly #refusals: Switch<Refused>[] = [];
  readonly #changes: Switch<Change>[] = [];
  delayMs = 0;
  isDown = false;

  refuse(reason: Reason, { retryAfterSeconds, ...scope }: RefusalOptions): void {
    const refused = new Refused(reason, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
    this.#refusals.unshift(switchOf(refused, scope));
  }

  change<P extends Procedure>(
    procedure: P,
    change: (usual: ProcedureOutput<P>) => ProcedureOutput<P>,
    scope: Scope,
  ): void {
    this.#changes.unshift(switchOf<Change>({ apply: change }, { ...scope, procedure }));
  }

  /** @throws {Refused} where the call is to be refused */
  meet(call: Call): void {
    const refused = take(this.#refusals, call);
    if (refused !== undefined) throw refused;
  }

  /** The answer that a test wants, made from the usual one of the same procedure. */
  changed(call: Call, usual: unknown): unknown {
    const change = take(this.#changes, call);
    return change === undefined ? usual : change.apply(usual);
  }

  reset(): void {
    this.#refusals.length = 0;
    this.#changes.length = 0;
    this.delayMs = 0;
    this.isDown = false;
  }
}

function switchOf<T>(value: T, scope: Scope): Switch<T> {
  return { value, scope, left: scope.times ?? Number.POSITIVE_INFINITY };
}

function take<T>(switches: readonly Switch<T>[], call: Call): T | undefined {
  const found = switches.find(({ scope, left }) => left > 0 && isMeant(scope, call));
  if (found !== undefined) found.left -= 1;
  return found?.value;
}

function isMeant({ procedure, token }: Scope, call: Call): boolean {
  return (procedure ?? call.procedure) === call.procedure && (token ?? call.token) === call.token;
}
