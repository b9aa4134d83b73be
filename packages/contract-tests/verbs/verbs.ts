import { ORGANIZATION_VERBS } from "./organization-verbs.ts";
import { PEOPLE_VERBS } from "./people-verbs.ts";
import type { Verb } from "./verb.ts";

/** Every change that the API makes, and those of the command line that are verbs of their own, by what happens. */
export const VERBS: Readonly<Record<string, Verb>> = { ...PEOPLE_VERBS, ...ORGANIZATION_VERBS };
