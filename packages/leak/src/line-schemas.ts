import { z } from "zod";
import type { PlanHeader, PlannedRow, PlanSeal, UndoCheck, UndoEnd, UndoHeader, UndoRow } from "./changes.ts";
import type { FoundRow } from "./model.ts";

/*
 * The lines of plan and undo files, which somebody may have edited: each is parsed once, where it is read.
 */

const key = z.array(z.string());
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const store = z.enum(["postgres", "dynamodb", "ndjson"]);
const count = z.int().nonnegative();
const schemas = z.array(z.string()).nullable();
const place = {
  column: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
  subject: z.string(),
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const change = { ...place, userId: z.string().regex(UUID), why: z.enum(["link", "directory"]) };

export const PLAN_HEADER: z.ZodType<PlanHeader> = z.object({
  kind: z.literal("plan"),
  version: z.literal(1),
  store,
  label: z.string(),
  place: z.string(),
  schemas,
  skipped: z.array(z.string()),
  fingerprint: z.string(),
  madeAt: z.string(),
});

export const PLANNED_ROW: z.ZodType<PlannedRow> = z.object({
  kind: z.literal("row"),
  table: z.string(),
  key,
  changes: z.array(z.object(change)).min(1),
  unit: z.string().nullable(),
});

export const PLAN_SEAL: z.ZodType<PlanSeal> = z.object({
  kind: z.literal("seal"),
  rows: count,
  conflicts: count,
  sha256,
});

export const UNDO_HEADER: z.ZodType<UndoHeader> = z.object({
  kind: z.literal("undo-header"),
  version: z.literal(1),
  store,
  schemas,
  fingerprint: z.string(),
  place: z.string(),
  plan: sha256,
  rows: count,
  tables: z.array(
    z.object({
      name: z.string(),
      key,
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
    }),
  ),
});

export const UNDO_ROW: z.ZodType<UndoRow> = z.object({
  kind: z.literal("undo"),
  table: z.string(),
  keyBefore: key,
  keyAfter: key,
  changes: z.array(z.object({ ...change, written: z.string().nullable() })).min(1),
  unit: z.string().nullable(),
});

export const UNDO_CHECK: z.ZodType<UndoCheck> = z.object({
  kind: z.literal("check"),
  rows: count.min(1),
  sha256,
});

export const UNDO_END: z.ZodType<UndoEnd> = z.object({ kind: z.literal("end"), sha256 });

export const PART_HEADER = z.object({
  kind: z.literal("part"),
  version: z.literal(1),
  fingerprint: z.string(),
  place: z.string(),
  begunAt: z.iso.datetime(),
});

/** A row that a plan has found, before anything is known of its subjects. */
export interface Found extends FoundRow {
  readonly kind: "found";
  readonly table: string;
  /** The place of its unit; null until that is known, and of what foreign keys do not tie. */
  readonly unit: number | null;
  /** Why its places, of which it has some, are left: two sentences. Null where they may be planned. */
  readonly left: string | null;
}

export const FOUND: z.ZodType<Found> = z.object({
  kind: z.literal("found"),
  table: z.string(),
  key: key.nullable(),
  places: z.array(z.object({ ...place, byHand: z.string().optional() })),
  unit: count.nullable(),
  left: z.string().nullable(),
});

/** How far a plan has read. */
export const POSITION = z.object({
  kind: z.literal("position"),
  table: z.string(),
  rows: count,
  position: z.unknown(),
  isDone: z.boolean(),
});

/** What kind of line it says that it is. */
export const KIND = z.object({ kind: z.string(), version: z.number().optional() });
