import type { Findings, Problem } from "../../terminal/finding.ts";
import type { Read } from "./facts.ts";

/** What is right, if there is no problem. */
export interface Judgement {
  readonly saw: string;
  readonly problems: readonly Problem[];
}

/** Records the judgement of what was read, or why it was not looked at. */
export function record<T>(
  check: string,
  read: Read<T>,
  judge: (value: T) => Judgement,
  findings: Findings,
): void {
  if ("why" in read) {
    findings.skipped(check, `not looked at: ${read.why}`);
    return;
  }
  conclude(check, judge(read.value), findings);
}

/** Records a judgement. */
export function conclude(check: string, { saw, problems }: Judgement, findings: Findings): void {
  if (problems.length === 0) findings.ok(check, saw);
  else findings.differ(check, ...problems);
}

/** The problem as a list, if there is one. */
export function problemIf(isWrong: boolean, problem: Problem): readonly Problem[] {
  return isWrong ? [problem] : [];
}

/** A problem that leaves nothing else to judge. */
export function only(problem: Problem): Judgement {
  return { saw: "", problems: [problem] };
}
