import { createPlatformClient } from "@platform-api/client";
import { platformAuth, requireOrganization } from "@platform-api/client/fastify";
import Fastify from "fastify";
import { checkServer } from "./checks.mjs";

const { APP_ORIGIN, PLATFORM_API_URL } = process.env;
const client = createPlatformClient({ url: PLATFORM_API_URL });
const app = Fastify();
await app.register(platformAuth, { client });
app.get("/me", async ({ identity }) => ({ userId: identity.userId }));
app.get("/acme", { preHandler: requireOrganization() }, async ({ organization }) => ({
  role: organization.role,
}));

await app.listen({ port: Number(new URL(APP_ORIGIN).port), host: new URL(APP_ORIGIN).hostname });
await checkServer(APP_ORIGIN);
await app.close();
