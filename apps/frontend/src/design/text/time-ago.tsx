import { useSyncExternalStore } from "react";
import { subscribeToClock } from "./clock.ts";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
});

/**
 * A relative time that stays true. The exact one is its tooltip: of the browser, so that it opens for the time alone, is
 * never cut off, and covers no control that has the focus. Rendered again only when its text changes.
 */
export function Time({ at }: { readonly at: string }) {
  const date = new Date(at);
  const textNow = () => timeFrom(date, new Date());
  const text = useSyncExternalStore(subscribeToClock, textNow, textNow);
  return (
    <time dateTime={at} title={absolute.format(date)}>
      {text}
    </time>
  );
}

/** "Nov 27, 2026, 3:46 AM UTC", where the reader is. */
export function exactTime(at: string): string {
  return absolute.format(new Date(at));
}

/** "2 minutes ago", "in 23 hours". */
export function timeFrom(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1_000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [null, 1];
  return unit === null
    ? seconds > 0
      ? "in a moment"
      : "just now"
    : relative.format(Math.round(seconds / size), unit);
}
