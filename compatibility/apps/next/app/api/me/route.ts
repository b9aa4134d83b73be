import { createPlatformClient } from "@platform-api/client";
import { createAuthenticator } from "@platform-api/client/web";

const url = process.env.NEXT_PUBLIC_PLATFORM_URL ?? "";
const platform = createPlatformClient({ url, tokenHeader: "x-user-token" });
const authenticate = createAuthenticator({ client: platform }); // create it once, because it holds the cache

export async function GET(request: Request): Promise<Response> {
  const caller = await authenticate(request);
  if (caller instanceof Response) return caller; // 401, 403 or 503, with the reason

  const [, token] = request.headers.get("authorization")?.split(" ") ?? [];
  const { organizations } = await platform.org.me.query(undefined, { context: { token } });
  return Response.json({ userId: caller.identity.userId, organizations });
}
