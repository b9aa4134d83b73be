/** How long a record is looked for often after the user has come to it. */
const OFTEN_FOR_MS = 120_000;
const OFTEN_MS = 5_000;
const SELDOM_MS = 30_000;

/** When the record of a domain is looked for again. */
export interface CheckPace {
  /** How long the user has been looking at the page. */
  readonly watchedMs: number;
  /** How many domains of the page are looked for. Together they must not reach the server's limit of changes per minute. */
  readonly domains: number;
}

export function checkIntervalMs({ watchedMs, domains }: CheckPace): number {
  const usual = watchedMs < OFTEN_FOR_MS ? OFTEN_MS : SELDOM_MS;
  return Math.max(usual, domains * OFTEN_MS);
}
