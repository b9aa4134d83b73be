import { z } from "zod";
import { type CanonicalEmail, discover, parseEmail, type SignInOption } from "../domain/index.ts";
import { publicProcedure, router } from "./init.ts";

const emailInput = z
  .string()
  .max(320)
  .describe("The address that the user wants to sign in with")
  .transform((text, ctx) => {
    const email = parseEmail(text);
    if (email !== null) return email;
    ctx.addIssue({ code: "custom", message: "not an e-mail address such as jane@acme.example" });
    return z.NEVER;
  });

const discovery = z.discriminatedUnion("method", [
  z.object({ method: z.literal("password") }),
  z.object({
    method: z.literal("sso"),
    passwordAllowed: z
      .boolean()
      .describe("False if every organization that verified the domain enforces SSO"),
    options: z.array(
      z.object({
        connection: z.string(),
        displayName: z.string().describe("For the button of the login page"),
        authorize: z
          .object({
            connection: z.string(),
            organization: z.string().optional(),
            login_hint: z.string(),
          })
          .describe("Parameters of the authorization request, to be sent unchanged"),
      }),
    ),
  }),
]);

export const discoverRouter = router({
  /** How do users of this address's domain sign in? A mutation, because an address must not be in a URL. */
  byEmail: publicProcedure
    .use(({ ctx, next }) => {
      ctx.countDiscovery(); // a malformed one, too
      return next();
    })
    .input(z.object({ email: emailInput }))
    .output(discovery)
    .mutation(async ({ ctx, input }) => {
      const { options, passwordAllowed } = await discover(input.email, ctx.ports, ctx.signal);
      if (options.length === 0) return { method: "password" as const };
      return {
        method: "sso" as const,
        passwordAllowed,
        options: options.map((option) => toOption(option, input.email)),
      };
    }),
});

function toOption({ connection, organization }: SignInOption, email: CanonicalEmail) {
  const { auth0OrgId } = organization;
  return {
    connection: connection.name,
    displayName: connection.displayName,
    authorize: {
      connection: connection.name,
      ...(auth0OrgId === null ? {} : { organization: auth0OrgId }),
      login_hint: email,
    },
  };
}
