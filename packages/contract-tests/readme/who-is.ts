import { createPlatformClient, reasonOf } from "@platform-api/client";

/** Returns the token's user, or the reason it was rejected. */
export async function whoIs(token: string, url = "http://127.0.0.1:4000") {
  const platform = createPlatformClient({ url, token });
  try {
    const { userId, organizationId } = await platform.auth.validate.query();
    return { userId, organizationId };
  } catch (error) {
    return { reason: reasonOf(error) }; // such as "EMAIL_UNVERIFIED"
  }
}
