import type { Findings } from "../../terminal/finding.ts";
import type { Probe } from "./probe.ts";

/** What the steps of the check share. */
export interface Directory {
  readonly url: string;
  readonly probe: Probe;
  /** Sends another service token. */
  readonly strangersProbe: Probe;
  readonly findings: Findings;
}
