export type { Resolution, Resolve } from "./model.ts";
