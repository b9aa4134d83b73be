import { z } from "zod";

export const runSchema = z.object({
  /** Of version 7, so that later runs sort after earlier ones. */
  id: z.uuidv7(),
  title: z.string(),
  /** `running` between the first and the last write of its work. `succeeded` and `cancelled` never change again. */
  status: z.enum(["queued", "running", "succeeded", "cancelled"]),
  /** What the work has produced. Runs that succeeded before results existed have none. */
  result: z.string().optional(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
});

export type Run = z.output<typeof runSchema>;

export function isFinished({ status }: Run): boolean {
  return status === "succeeded" || status === "cancelled";
}

/** A run as it is shown. */
export interface ShownRun extends Run {
  /** The address of the user who started it. Never stored; absent where platform-api does not tell it. */
  readonly startedBy?: string;
}

/** A user within one organization, `<organizationId>#<UUID>`. Minted by {@link ownerOf} alone. */
export type Owner = string & { readonly Owner: unique symbol };

/** The fields that the guard sets on a request. */
type Guarded = { organization: { id: string }; identity: { userId: string } };

// Not `z.uuid()`: the directory's PostgreSQL permits any version.
const userIdSchema = z.guid().lowercase();

/** @throws for a user id that is not a lower-case UUID: an issuer's subject must never be stored */
export function ownerOf({ organization, identity }: Guarded): Owner {
  const { success } = userIdSchema.safeParse(identity.userId);
  if (!success) throw new Error("the user id is not a lower-case UUID");
  return `${organization.id}#${identity.userId}` as Owner;
}
