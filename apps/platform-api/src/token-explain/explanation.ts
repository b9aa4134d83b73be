import { type Reason, Refusal, type Trace } from "@platform-api/server/domain";
import { jsonText, printable } from "../terminal/terminal.ts";

/** One rule that the token was judged by, in the order in which `serve` applies them. */
export interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly saw: string;
  /** Of a refusal: what would have passed, why it was refused, and how to fix it. */
  readonly expected?: string;
  readonly reason?: Reason;
  readonly detail?: string;
  readonly fix?: string;
}

/** A rule in words for an operator. */
export interface Rule {
  readonly saw: string;
  readonly expected: string;
  /** The setting, or the switch at Auth0, that changes the outcome. */
  readonly fix: string;
}

/** Each rule of a pipeline in words, made from what the rule decides on. */
export type Texts<Rules> = { readonly [Name in keyof Rules]: (facts: Rules[Name]) => Rule };

/** The result of `token explain`. */
export interface Explanation {
  readonly steps: readonly Step[];
  /** Problems that refuse nothing yet. */
  readonly warnings: readonly string[];
}

/** Records the steps of one token. The first refusal is the last step, as in `serve`. */
export class Explainer {
  readonly #steps: Step[] = [];
  readonly #warnings: string[] = [];

  get explanation(): Explanation {
    return { steps: this.#steps, warnings: this.#warnings };
  }

  /** Runs a rule and records it. A refusal is recorded and thrown again; a promise is returned as it is. */
  rule<T>(step: string, { saw, expected, fix }: Rule, check: () => T): T {
    const at = this.#steps.push({ step, ok: true, saw }) - 1;
    const noteRefusal = (error: unknown) => {
      if (!(error instanceof Refusal)) return;
      const { reason, message: detail } = error;
      this.#steps[at] = { step, ok: false, saw, expected, reason, detail, fix };
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

  /** Records the rules of a pipeline. */
  trace<Rules>(texts: Texts<Rules>): Trace<Rules> {
    return { rule: (name, facts, check) => this.rule(String(name), texts[name](facts), check) };
  }

  note(step: string, saw: string): void {
    this.#steps.push({ step, ok: true, saw });
  }

  warn(warning: string): void {
    this.#warnings.push(warning);
  }
}

/** The explanation as text for a terminal. */
export function formatExplanation({ steps, warnings }: Explanation): string {
  const width = Math.max(...steps.map(({ step }) => step.length));
  const lines = steps.flatMap(({ step, ok, saw, expected, reason, detail, fix }) => {
    const line = `${ok ? "✓" : "✗"} ${step.padEnd(width)}  ${saw}`;
    if (ok) return [line];
    const indent = " ".repeat(width + 4);
    return [
      line,
      `${indent}refused:  ${reason} (${detail})`,
      `${indent}expected: ${expected}`,
      `${indent}to fix:   ${fix}`,
    ];
  });
  return [...lines, ...warnings.map((warning) => `! ${warning}`)]
    .map((line) => `${printable(line)}\n`)
    .join("");
}

/** A value of a token, on one line and cut at 200 characters. */
export function shown(value: unknown): string {
  const text = value === undefined ? "absent" : jsonText(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
