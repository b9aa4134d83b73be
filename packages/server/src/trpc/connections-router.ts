import { z } from "zod";
import {
  beginConnection,
  getConnection,
  listConnections,
  removeConnection,
  SETUP_STEPS,
  testConnection,
  updateConnection,
} from "../domain/index.ts";
import { router } from "./init.ts";
import { inOrganization, organizationProcedure } from "./organization-procedure.ts";
import { nameInput } from "./schemas.ts";

const connection = z.object({
  name: z.string().describe("Auth0's name of the connection"),
  strategy: z.string().nullable().describe("What kind of sign-in it is; null while it is being set up"),
  displayName: z.string(),
  state: z.enum(["pending", "enabled", "disabled"]),
  waitingFor: z
    .enum(SETUP_STEPS)
    .nullable()
    .describe(
      "What a set-up still needs at Auth0: the `connection` itself; that it is enabled for our applications (`clients`) " +
        "and for the `organization`; a `strategy` that is SSO; Microsoft's own tenant in the place of the `commonEndpoint`",
    ),
  testedAt: z.iso.datetime().nullable().describe("When a login through it last passed its test"),
  origin: z.enum(["operator", "self-service"]),
});

const begun = connection.extend({
  setupUrl: z.string().describe("Where the identity provider is set up. A secret, and answered only once"),
  setupExpiresAt: z.iso.datetime(),
});

const testResult = z.object({
  passed: z.boolean(),
  steps: z.array(
    z.object({
      rule: z.string(),
      ok: z.boolean(),
      saw: z.string(),
      fix: z.string().describe("How to make it pass; empty if it does"),
    }),
  ),
});

const name = z.string().min(1).max(128).describe("The name of a connection of the organization");
const token = z.string().min(1).max(8_192).describe("A fresh access token of a login through the connection");

export const connectionsRouter = router({
  /** The connections of the organization, and the one that is being set up. */
  list: organizationProcedure("admin", inOrganization({}))
    .output(z.array(connection))
    .query(({ ctx: { standing, administration, signal } }) =>
      listConnections(standing, administration, signal),
    ),

  /** Begins to set up a connection. The answer has the URL where the identity provider is set up. */
  begin: organizationProcedure("owner", inOrganization({ displayName: nameInput("connection") }))
    .output(begun)
    .mutation(({ ctx: { standing, administration, signal }, input }) =>
      beginConnection(standing, input.displayName, administration, signal),
    ),

  /** One connection. A set-up that Auth0 has completed is finished by this call. */
  get: organizationProcedure("admin", inOrganization({ name }), { storesSomething: true })
    .output(connection)
    .query(({ ctx: { standing, administration, signal }, input }) =>
      getConnection(standing, input.name, administration, signal),
    ),

  /** Renames a connection, or switches it on or off. */
  update: organizationProcedure(
    "admin",
    inOrganization({
      name,
      displayName: nameInput("connection").optional(),
      enabled: z.boolean().describe("Whether people can sign in through it").optional(),
    }),
  )
    .output(connection)
    .mutation(({ ctx: { standing, administration, signal }, input: { organizationId: _, ...change } }) =>
      updateConnection(standing, change, administration, signal),
    ),

  /** Judges a token of a login through the connection, rule by rule. */
  test: organizationProcedure("admin", inOrganization({ name, token }))
    .output(testResult)
    .mutation(
      async ({ ctx: { standing, administration, signal }, input: { organizationId: _, ...test } }) => {
        const { passed, steps } = await testConnection(standing, test, administration, signal);
        return { passed, steps: [...steps] };
      },
    ),

  /** Removes a connection, or stops its set-up. */
  remove: organizationProcedure("owner", inOrganization({ name }))
    .output(z.object({}))
    .mutation(async ({ ctx: { standing, administration, signal }, input }) => {
      await removeConnection(standing, input.name, administration, signal);
      return {};
    }),
});
