import { z } from "zod";

export const runSchema = z.object({
  /** Of version 7, so that later runs sort after earlier ones. */
  id: z.uuidv7(),
  title: z.string(),
  /** `running` between the two writes of its work. */
  status: z.enum(["queued", "running", "succeeded"]),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
});

export type Run = z.output<typeof runSchema>;

/** A person within one organization, `<organizationId>#<UUID>`. Minted by {@link ownerOf} alone. */
export type Owner = string & { readonly Owner: unique symbol };

/** What the guard has found out about a request. */
type Guarded = { organization: { id: string }; identity: { userId: string } };

/** @throws for a user id that is no lower-case UUID: an issuer's subject must never be stored */
export function ownerOf({ organization, identity }: Guarded): Owner {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(identity.userId))
    return `${organization.id}#${identity.userId}` as Owner;
  throw new Error("the user id is no lower-case UUID");
}
