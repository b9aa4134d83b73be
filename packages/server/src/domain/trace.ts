/**
 * Observes the rules of a pipeline in the order of their checks. `Rules` maps the name of each rule to
 * the facts that the rule decides on. Requests are served with {@link noTrace}; `token explain` records.
 */
export interface Trace<Rules> {
  /** Runs `check` once, and returns or throws what it does. A promise is returned as it is. */
  rule<Name extends keyof Rules, T>(name: Name, facts: Rules[Name], check: () => T): T;
}

/** Observes nothing; a trace of any rules. */
export const noTrace = {
  rule: <T>(_name: PropertyKey, _facts: unknown, check: () => T): T => check(),
};
