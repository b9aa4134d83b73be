export { type DynamodbTarget, openDynamodb } from "./dynamodb/dynamodb.ts";
export { LeakProblem, type LeakSource, type Progress, type Resolution, type Resolve } from "./model.ts";
export { openNdjson } from "./ndjson/ndjson.ts";
export { readingRole } from "./postgres/role.ts";
export { openPostgres } from "./postgres/source.ts";
export { type ColumnReport, type ScanReport, scan } from "./scan.ts";
export { type SubjectRule, subjectRule } from "./subjects.ts";
