import { createPlatformClient } from "@platform-api/client";

const client = createPlatformClient({ url: "http://127.0.0.1:4000" });
export const me = await client.org.me.query();
export const check = await client.auth.check.query({ organizationId: "acme", role: "admin" });
export const found = await client.discover.byEmail.mutate({ email: "jane@acme.example" });
