import { z } from "zod";
import { join, listOrganizations, Refusal } from "../domain/index.ts";
import { identifiedProcedure, router } from "./init.ts";
import { organizationIdInput, roleSchema, userIdSchema } from "./schemas.ts";

const me = z.object({
  user: z.object({ userId: userIdSchema, email: z.string().nullable() }),
  organizations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: roleSchema,
      ssoRequired: z
        .boolean()
        .describe(
          "Whether the membership does not count for this login because the organization enforces SSO",
        ),
    }),
  ),
  activeOrganizationId: z
    .string()
    .nullable()
    .describe("The organization of the token, if the user is an active member there; null otherwise"),
  joinable: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe("Organizations that the user may join, by the domain of their address"),
});

const membership = z.object({
  organizationId: z.string(),
  userId: userIdSchema,
  role: roleSchema,
  status: z.literal("active"),
});

export const orgRouter = router({
  /** Who am I, which organizations do I belong to, and which may I join? */
  me: identifiedProcedure.output(me).query(async ({ ctx: { identity, ports, signal } }) => {
    const { organizations, activeOrganizationId, joinable } = await listOrganizations(
      identity,
      ports,
      signal,
    );
    return {
      user: { userId: identity.userId, email: identity.email },
      organizations: organizations.map(({ organization: { id, name }, role, ssoRequired }) => {
        return { id, name, role, ssoRequired };
      }),
      activeOrganizationId,
      joinable: joinable.map(({ id, name }) => ({ id, name })),
    };
  }),

  /** Joins an organization that `me` lists as joinable. */
  join: identifiedProcedure
    .input(z.object({ organizationId: organizationIdInput }))
    .output(membership)
    .mutation(async ({ ctx: { identity, ports, signal }, input }) => {
      if (input.organizationId === null) throw new Refusal("NOT_JOINABLE", "no organization has such an id");
      const { organizationId, userId, role } = await join(identity, input.organizationId, ports, signal);
      return { organizationId, userId, role, status: "active" as const };
    }),
});
