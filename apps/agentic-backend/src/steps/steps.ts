import { find } from "./find.ts";
import { publish } from "./publish.ts";
import { read } from "./read.ts";
import { summarize } from "./summarize.ts";

/** The plan of every run, in its order. The last step waits for approval. */
export const STEP_NAMES = ["read", "find", "summarize", "publish"] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** What a step works on. */
export interface Material {
  readonly title: string;
  readonly document: string;
  /** Of the steps that are done, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** @param until aborts when the work must end: for a step that waits for something, such as the answer of a model */
export type Step = (material: Material, until: AbortSignal) => string | Promise<string>;

/** What each step puts out. Of ours, the same material makes the same output: no clock, no chance, no network. */
export const STEPS: Record<StepName, Step> = {
  read: ({ document }) => read(document),
  find: ({ document }) => find(document),
  summarize: ({ document }) => summarize(document),
  publish: ({ title, outputs }) => publish(title, outputs),
};
