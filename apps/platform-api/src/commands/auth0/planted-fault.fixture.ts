import type { Auth0Facts } from "./facts.ts";

/** The fault, the check that finds it, what it sees, and where to fix it. */
export type PlantedFault = readonly [
  fault: string,
  facts: Auth0Facts,
  check: string,
  saw: string,
  fix: string,
];
