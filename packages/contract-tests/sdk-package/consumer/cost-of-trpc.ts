import type { AppRouter } from "@platform-api/client";
import { createTRPCClient, httpLink } from "@trpc/client";

const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: "http://127.0.0.1:4000/trpc" })] });
export const me = await client.org.me.query();
export const check = await client.auth.check.query({ organizationId: "acme", role: "admin" });
export const found = await client.discover.byEmail.mutate({ email: "jane@acme.example" });
