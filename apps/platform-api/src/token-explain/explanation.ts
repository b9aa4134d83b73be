import { type Reason, Refusal } from "@platform-api/server/domain";

/** One rule that a token met, in the order in which `serve` asks. */
export interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly saw: string;
  /** With a refusal: what would have passed, why it was refused, and what changes it. */
  readonly expected?: string;
  readonly reason?: Reason;
  readonly detail?: string;
  readonly mend?: string;
}

/** How a rule reads to an operator. */
export interface Rule {
  readonly saw: string;
  readonly expected: string;
  /** The setting, or the switch at Auth0, that changes the outcome. */
  readonly mend: string;
}

/** Everything that `token explain` found out. */
export interface Explanation {
  readonly steps: readonly Step[];
  /** What nobody refused, but an operator should know. */
  readonly warnings: readonly string[];
}

/** Takes down the steps of one token. After the first refusal there are no more, as in `serve`. */
export class Explainer {
  readonly #steps: Step[] = [];
  readonly #warnings: string[] = [];

  get explanation(): Explanation {
    return { steps: this.#steps, warnings: this.#warnings };
  }

  /** Runs a rule and notes it; a refusal is noted, and thrown on. A promise is returned as it is. */
  rule<T>(step: string, { saw, expected, mend }: Rule, check: () => T): T {
    const at = this.#steps.push({ step, ok: true, saw }) - 1;
    const noteRefusal = (error: unknown) => {
      if (!(error instanceof Refusal)) return;
      const { reason, message: detail } = error;
      this.#steps[at] = { step, ok: false, saw, expected, reason, detail, mend };
    };
    try {
      const value = check();
      if (value instanceof Promise) value.catch(noteRefusal);
      return value;
    } catch (error) {
      noteRefusal(error);
      throw error;
    }
  }

  note(step: string, saw: string): void {
    this.#steps.push({ step, ok: true, saw });
  }

  warn(warning: string): void {
    this.#warnings.push(warning);
  }
}

/** The explanation as lines for a person. */
export function formatExplanation({ steps, warnings }: Explanation): string {
  const width = Math.max(...steps.map(({ step }) => step.length));
  const lines = steps.flatMap(({ step, ok, saw, expected, reason, detail, mend }) => {
    const line = `${ok ? "✓" : "✗"} ${step.padEnd(width)}  ${saw}`;
    if (ok) return [line];
    const indent = " ".repeat(width + 4);
    return [
      line,
      `${indent}refused:  ${reason} (${detail})`,
      `${indent}expected: ${expected}`,
      `${indent}to mend:  ${mend}`,
    ];
  });
  return [...lines, ...warnings.map((warning) => `! ${warning}`), ""].join("\n");
}

/** A value of a token as it may be shown: on one line, and not for ever. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
