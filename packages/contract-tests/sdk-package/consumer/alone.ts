import { createPlatformClient, isPlatformError, type PlatformIdentity } from "@platform-api/client";

const client = createPlatformClient({ url: "http://127.0.0.1:4000" });
const identity: PlatformIdentity = await client.auth.validate.query();
const { organizations } = await client.org.me.query();
export const role: "member" | "admin" | "owner" | undefined = organizations[0]?.role;
export const id: number = identity.userId; // TS2322
export function statusOf(error: unknown): number | undefined {
  if (isPlatformError(error) && error.data) return error.data.reason;
  return undefined;
}
