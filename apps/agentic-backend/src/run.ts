import { z } from "zod";

/** A person within one organization, `<organizationId>#<UUID>`. Minted by {@link parseOwner} alone. */
export type Owner = string & { readonly Owner: unique symbol };

/** @throws for a user id that is no lower-case UUID: an issuer's subject must never be stored */
export function parseOwner(organizationId: string, userId: string): Owner {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(userId))
    return `${organizationId}#${userId}` as Owner;
  throw new Error("the user id is no lower-case UUID");
}

export const runSchema = z.object({
  /** Of version 7, so that later runs sort after earlier ones. */
  id: z.uuidv7(),
  title: z.string(),
  /** `running` between the two writes of its worker. */
  status: z.enum(["queued", "running", "succeeded"]),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
});

export type Run = z.output<typeof runSchema>;

/** Where runs are kept. Each method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer within 1 s. */
export interface Runs {
  /** Newest first, from the one before the run `before` on. */
  list(owner: Owner, limit: number, before?: string): Promise<Run[]>;
  find(owner: Owner, id: string): Promise<Run | null>;
  /** Replaces a run of that status, with null none; false when there is no such run to replace (with null: one). */
  put(owner: Owner, run: Run, replaced: Run["status"] | null): Promise<boolean>;
}
