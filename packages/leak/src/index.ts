export {
  type ApplyReport,
  applyPlan,
  type ChangeReport,
  checkApply,
  checkUndo,
  type Left,
  type Refused,
  undoChanges,
} from "./apply.ts";
export type { LeakTarget, PlanRules } from "./changes.ts";
export { type DynamodbTarget, openDynamodb } from "./dynamodb/dynamodb.ts";
export {
  ArgumentProblem,
  LeakProblem,
  type LeakSource,
  type Progress,
  type Resolution,
  type Resolve,
} from "./model.ts";
export { openNdjson } from "./ndjson/ndjson.ts";
export { ageWords } from "./origin.ts";
export { makePlan, NO_RULES, resolveAgain } from "./plan.ts";
export { type VerifiedPlan, verifyPlan } from "./plan-file.ts";
export type { PlanSum } from "./plan-output.ts";
export { openPostgresTarget } from "./postgres/apply.ts";
export { schemasOf } from "./postgres/catalog.ts";
export { postgresRules } from "./postgres/plan-conflicts.ts";
export { readingRole } from "./postgres/role.ts";
export { openPostgres } from "./postgres/source.ts";
export { type ColumnReport, type ScanReport, scan } from "./scan.ts";
export { type SubjectRule, subjectRule } from "./subjects.ts";
export { namesAll, type VerifiedUndo, verifyUndo } from "./undo-file.ts";
