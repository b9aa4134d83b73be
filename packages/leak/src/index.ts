export type { Resolution, Resolve } from "./model.ts";
export { type SubjectRule, subjectRule } from "./subjects.ts";
