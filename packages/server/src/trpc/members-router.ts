import { z } from "zod";
import { userIdSchema } from "../answer/index.ts";
import {
  changeMembers,
  leave,
  listMembers,
  lookUpMembers,
  MEMBER_ORDERS,
  MEMBERSHIP_ORIGINS,
  type Member,
  memberOf,
  removeMember,
  restoreMember,
  setRole,
} from "../domain/index.ts";
import { router } from "./init.ts";
import {
  countRows,
  FROM_ANY_APPLICATION,
  inOrganization,
  organizationProcedure,
} from "./organization-procedure.ts";
import { pageInput, pageOf, roleSchema, rowsOf, userIdInput, verdict } from "./schemas.ts";

const status = z.enum(["active", "removed"]);

const member = z.object({
  userId: userIdSchema,
  email: z.string().nullable().describe("Null once the data of a removed member was erased"),
  name: z
    .string()
    .nullable()
    .describe("What their sign-in calls them: show it beside the address, never alone. Null for nothing"),
  role: roleSchema,
  status,
  origin: z.enum(MEMBERSHIP_ORIGINS).describe("What made them a member"),
  outside: z.boolean().describe("Whether they were invited at an address outside the organization's domains"),
  invitedBy: userIdSchema.nullable(),
  joinedAt: z.iso.datetime(),
  removedAt: z.iso.datetime().nullable().describe("When they were removed or left; null of an active member"),
  removedBy: userIdSchema
    .nullable()
    .describe("Who removed them: themselves if they left. Null for an operator, and where it is not known"),
} satisfies Record<keyof Member, z.ZodType>);

const memberPage = pageOf(member).extend({
  total: z
    .object({ count: z.int().min(0), isExact: z.boolean().describe("False where there are more than that") })
    .nullable()
    .describe("How many members the list has; null behind the first page"),
  you: member.nullable().describe("The caller, if the list has them; null behind the first page"),
});

const found = z.array(member.pick({ userId: true, email: true, name: true, role: true, status: true }));

export const membersRouter = router({
  /** The members, page by page: the active ones by address, then the removed ones, last those without an address. */
  list: organizationProcedure(
    "admin",
    inOrganization({
      query: z
        .string()
        .max(254)
        .describe(
          "Words that names or addresses have, each from its beginning; with an @, the beginning of an address; or a whole UUID",
        )
        .optional(),
      sort: z.enum(MEMBER_ORDERS).describe("By address if it is left out").optional(),
      role: roleSchema.optional(),
      status: status.optional(),
      ...pageInput,
    }),
  )
    .output(memberPage)
    .query(({ ctx: { standing, administration, signal }, input }) =>
      listMembers(standing, input, administration, signal),
    ),

  /** The addresses and roles of some members, by their ids. Anybody else is not in the answer. */
  lookup: organizationProcedure(
    "member",
    inOrganization({ userIds: z.array(userIdInput).min(1).max(100) }),
    FROM_ANY_APPLICATION,
  )
    .output(found)
    .query(({ ctx: { standing, administration, signal }, input }) =>
      lookUpMembers(standing, input.userIds, administration, signal),
    ),

  /** Gives a member another role. */
  setRole: organizationProcedure(
    "admin",
    inOrganization({
      userId: userIdInput,
      role: roleSchema,
      expectedRole: roleSchema.describe("The role that the caller has seen").optional(),
    }),
  )
    .output(member)
    .mutation(async ({ ctx: { standing, administration, signal }, input }) => {
      const { userId, role, expectedRole = null } = input;
      return memberOf(await setRole(standing, { userId, role, expectedRole }, administration, signal));
    }),

  /** Removes a member. Only `restore` undoes this. */
  remove: organizationProcedure("admin", inOrganization({ userId: userIdInput }))
    .output(member)
    .mutation(async ({ ctx: { standing, administration, signal }, input }) =>
      memberOf(await removeMember(standing, input.userId, administration, signal)),
    ),

  /** Makes a removed member active again, with their previous role, at most admin. */
  restore: organizationProcedure("admin", inOrganization({ userId: userIdInput }))
    .output(member)
    .mutation(async ({ ctx: { standing, administration, signal }, input }) =>
      memberOf(await restoreMember(standing, input.userId, administration, signal)),
    ),

  /** Changes many members, each as the procedure for one does. The answer has a verdict for each of them. */
  changeMany: organizationProcedure(
    "admin",
    inOrganization({
      userIds: rowsOf(userIdInput),
      change: z
        .union([z.object({ role: roleSchema }), z.enum(["remove", "restore"])], {
          error: `must be "remove", "restore", or a role such as {"role":"admin"}`,
        })
        .describe("Another role, remove, or restore"),
      expectedRoles: z
        .record(userIdInput, roleSchema)
        .describe("The roles that the caller has seen, by user id; for another role only")
        .optional(),
    }),
  )
    .output(z.array(z.object({ userId: userIdSchema, ...verdict, member: member.nullable() })))
    .mutation(({ ctx, input: { userIds, change, expectedRoles = {} } }) => {
      countRows(ctx, userIds);
      const expected = new Map(userIds.map((userId) => [userId, expectedRoles[userId] ?? null]));
      return changeMembers(ctx.standing, { userIds, change, expected }, ctx.administration, ctx.signal);
    }),

  /** Ends the caller's own membership. */
  leave: organizationProcedure("member", inOrganization({}), FROM_ANY_APPLICATION)
    .output(z.object({}))
    .mutation(async ({ ctx: { identity, standing, administration, signal } }) => {
      await leave(standing, identity, administration, signal);
      return {};
    }),
});
