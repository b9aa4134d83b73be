import type { Clock } from "../clock.ts";
import { askedWhenRead } from "./asked-when-read.ts";

const ASK_AGAIN_MS = 60_000;

/**
 * How long no recheck of the domains has got to its end, in milliseconds: 0 while none is verified by DNS, null before the
 * first answer of the store.
 * @param uncheckedSince as a time (ISO 8601, UTC); null while no domain is verified by DNS
 */
export function recheckAge(
  uncheckedSince: (signal: AbortSignal) => Promise<string | null>,
  clock: Clock,
): () => number | null {
  const last = askedWhenRead(uncheckedSince, ASK_AGAIN_MS, clock);
  return () => {
    const known = last();
    if (known === null) return null;
    return known.answer === null ? 0 : Math.max(0, clock.wallMs() - Date.parse(known.answer));
  };
}
