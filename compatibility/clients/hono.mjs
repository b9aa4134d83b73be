import { createPlatformClient } from "@platform-api/client";
import { platformAuth, requireOrganization } from "@platform-api/client/hono";
import { Hono } from "hono";
import { checkGuard } from "./checks.mjs";

const client = createPlatformClient({ url: process.env.PLATFORM_API_URL });
const app = new Hono();
app.use(platformAuth({ client }));
app.get("/me", (context) => context.json({ userId: context.get("identity").userId }));
app.get("/acme", requireOrganization(), (context) =>
  context.json({ role: context.get("organization").role }),
);

await checkGuard((path, headers) => app.request(path, { headers }));
