import { createPlatformClient, isRefusal, reasonOf } from "@platform-api/client";

const PLATFORM_URL = process.env.PLATFORM_URL ?? "http://127.0.0.1:4000";

/** Returns the token's user, or the reason it was rejected. Throws in an outage, which says nothing about the token. */
export async function whoIs(token: string, url = PLATFORM_URL) {
  const platform = createPlatformClient({ url, token });
  try {
    const { userId, organizationId } = await platform.auth.validate.query();
    return { userId, organizationId };
  } catch (error) {
    if (!isRefusal(error)) throw error; // such as "cannot reach http://127.0.0.1:4000/…: ECONNREFUSED"
    return { reason: reasonOf(error) }; // such as "EMAIL_UNVERIFIED"
  }
}
