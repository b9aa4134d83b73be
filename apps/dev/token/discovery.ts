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
 * Asks platform-api for the SSO options of an address (home realm discovery). Without any, the user has a password.
 * @throws when platform-api is unreachable or its response is unexpected
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
