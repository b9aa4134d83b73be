import type { AppReason } from "./problems.ts";

/** One row of a change of many, which was refused while others were changed. */
export class RowRefused extends Error {
  readonly reason: AppReason;

  constructor(reason: AppReason) {
    super(reason);
    this.reason = reason;
  }
}
