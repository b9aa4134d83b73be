import { type Reason, Refusal, type Trace } from "../domain/index.ts";

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

/** A rule in words for its reader. */
export interface Rule {
  readonly saw: string;
  readonly expected: string;
  /** The setting, or the switch at Auth0, that changes the outcome. */
  readonly fix: string;
}

/** Each rule of a pipeline in words, made from what the rule decides on. */
export type Texts<Rules> = { readonly [Name in keyof Rules]: (facts: Rules[Name]) => Rule };

/** How a token was judged. */
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
