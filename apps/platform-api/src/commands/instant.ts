import { z } from "zod";
import { UsageError } from "./terminal.ts";

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/**
 * A time as operators write it: ISO 8601 with a zone, or a date, which begins in UTC.
 * @throws {UsageError}
 */
export function parseInstant(option: string, text: string): Date {
  const { success, data } = instant.safeParse(text);
  if (success) return new Date(data);
  throw new UsageError(`${option} ${text} is no time such as 2026-11-25T12:00:00Z, and no date`);
}
