import { once } from "node:events";
import { createPlatformClient } from "@platform-api/client";
import { platformAuth, requireOrganization } from "@platform-api/client/express";
import { checkServer } from "./checks.mjs";

const { APP_ORIGIN, PLATFORM_API_URL } = process.env;
// express, or express-4: the name under which package.json has that version
const { default: express } = await import(process.argv[2]);
const client = createPlatformClient({ url: PLATFORM_API_URL });
const app = express();
app.use(platformAuth({ client }));
app.get("/me", ({ identity }, response) => response.json({ userId: identity.userId }));
app.get("/acme", requireOrganization(), ({ organization }, response) =>
  response.json({ role: organization.role }),
);

const server = app.listen(new URL(APP_ORIGIN).port, new URL(APP_ORIGIN).hostname);
await once(server, "listening");
await checkServer(APP_ORIGIN);
server.closeAllConnections();
server.close();
