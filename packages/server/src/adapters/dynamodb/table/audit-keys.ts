import { randomBytes } from "node:crypto";
import {
  type AuditAction,
  type AuditEntry,
  auditPosition,
  type HeldEntry,
  monthOf,
  type OrganizationId,
  personsOf,
  type SeenActor,
  seenByOrganization,
  type UserId,
  userOf,
} from "../../../domain/index.ts";
import type { IndexKey, IndexPartition, Key, Partition } from "./keys.ts";

/**
 * An entry under its id, which is random: 64 hex digits. A copy is in one index, with those of the user who acted: an index
 * holds an item once, and the entry is with those of the user to whom it happened.
 */
export type StoredAuditEntry = HeldEntry;

const DAY_SECONDS = 86_400;

/**
 * The entry under a new id.
 * @param days how long it is kept; for good if they are not given
 */
export function identified(entry: AuditEntry, days?: number): StoredAuditEntry {
  const stored = { ...entry, id: randomBytes(32).toString("hex"), isCopy: false };
  if (days === undefined) return stored;
  return { ...stored, keptUntil: Math.ceil(Date.parse(entry.at) / 1_000) + days * DAY_SECONDS };
}

/** Whether its time is over. DynamoDB may take days to delete it, and then takes its copy at another time. */
export function isPast({ keptUntil = Infinity }: StoredAuditEntry): boolean {
  return keptUntil * 1_000 <= Date.now();
}

/** Whether its organization has a copy of it. */
export function isCopied(entry: StoredAuditEntry): boolean {
  return entry.organizationId !== null && personsOf(seenByOrganization(entry)).length > 1;
}

/** The entry, and its copy if it has one. */
export function withCopy(entry: StoredAuditEntry): readonly StoredAuditEntry[] {
  return isCopied(entry) ? [entry, { ...entry, isCopy: true }] : [entry];
}

/** Copies have partitions of their own, so that nobody who reads all entries meets one. */
export function auditKey(entry: StoredAuditEntry): Key {
  const { pk } = auditShard(entry.at, entry.id.slice(0, 1));
  return { pk: entry.isCopy ? `COPY#${pk}` : pk, sk: auditPosition(entry) };
}

/**
 * One of the 16 of the entry's month. A single partition for all months would grow forever, and DynamoDB accepts only
 * 1,000 writes per second in a partition.
 */
function auditShard(at: string, hexDigit: string): Partition {
  return { pk: `AUDIT#${monthOf(at)}#${hexDigit}` };
}

/** Every partition that may hold entries of the month. */
export function auditShards(at: string): readonly Partition[] {
  return Array.from("0123456789abcdef", (hexDigit) => auditShard(at, hexDigit));
}

/** By the entry's id, which is random: an index accepts only 1,000 writes a second in a partition, too. */
export const AUDIT_INDEX_SHARDS = [0, 1, 2, 3] as const;

/** An organization's audit entries in the indexes, by their positions: never in a partition of its members. */
export const auditPartitions = {
  shard: (id: OrganizationId, shard: number): IndexPartition => ({
    index: "byOrganization",
    pk: `AUDIT#${id}#${shard}`,
  }),
  /** Of the user to whom it happened, or who did it. Nobody does so much that it takes several. */
  person: (id: OrganizationId, userId: UserId): IndexPartition => ({
    index: "byAttribute",
    pk: `AUDIT#${id}#PERSON#${userId}`,
  }),
  /** Of an actor who is not a user. */
  actor: (id: OrganizationId, actor: SeenActor, shard: number): IndexPartition => ({
    index: "byActor",
    pk: `AUDIT#${id}#ACTOR#${actor}#${shard}`,
  }),
  action: (id: OrganizationId, action: AuditAction, shard: number): IndexPartition => ({
    index: "byAction",
    pk: `AUDIT#${id}#ACTION#${action}#${shard}`,
  }),
};

/** By what the organization sees of it. None for an entry of no organization. */
export function auditIndexKeys(entry: StoredAuditEntry): readonly IndexKey[] {
  const { organizationId: id } = entry;
  if (id === null) return [];
  const seen = seenByOrganization(entry);
  const { actor, action } = seen;
  const shard = Number.parseInt(entry.id.slice(0, 1), 16) % AUDIT_INDEX_SHARDS.length;
  const person = personsOf(seen)[entry.isCopy ? 1 : 0];
  const ofPerson = person === undefined ? [] : [auditPartitions.person(id, person)];
  const ofActor = userOf(actor) === null ? [auditPartitions.actor(id, actor, shard)] : [];
  const ofAll = [auditPartitions.shard(id, shard), ...ofActor, auditPartitions.action(id, action, shard)];
  const sk = auditPosition(entry);
  return [...ofPerson, ...(entry.isCopy ? [] : ofAll)].map(({ index, pk }) => ({ index, pk, sk }));
}
