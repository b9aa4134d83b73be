import { z } from "zod";

const replySchema = z.discriminatedUnion("method", [
  z.object({ method: z.literal("password") }),
  z.object({
    method: z.literal("sso"),
    options: z.array(
      z.object({
        connection: z.string(),
        displayName: z.string(),
        authorize: z.object({ connection: z.string(), organization: z.string().optional() }),
      }),
    ),
  }),
]);

const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** One way to sign in through SSO. */
export type SsoOption = Extract<z.infer<typeof replySchema>, { method: "sso" }>["options"][number];

/**
 * Asks platform-api through which SSO the person of this address signs in (home realm discovery); none: a password.
 * @throws when platform-api cannot be reached or answers something else
 */
export async function discoverSso(platformApiUrl: string, email: string): Promise<readonly SsoOption[]> {
  const response = await fetch(new URL("public/auth/discover", platformApiUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email }),
  });
  const body: unknown = await response.json().catch(() => null);
  const reply = replySchema.safeParse(body);
  if (!reply.success) {
    const why = errorSchema.safeParse(body).data?.error.message ?? `HTTP ${response.status}`;
    throw new Error(`platform-api does not say how ${email} signs in: ${why}`);
  }
  return reply.data.method === "sso" ? reply.data.options : [];
}
