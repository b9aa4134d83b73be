import { createPlatformClient, createTokenValidator, type Reason } from "@platform-api/client";
import { requireOrganization } from "@platform-api/client/fastify";
import { platformHandlers } from "@platform-api/client/testing";
import { createAuthenticator } from "@platform-api/client/web";
import type { FastifyRequest } from "fastify";

const client = createPlatformClient({ url: "http://127.0.0.1:4000" });
const platform = platformHandlers({ url: "http://127.0.0.1:4000" });

client.auth.validte.query(); // TS2551
client.org.me.mutate(); // TS2339
client.discover.byEmail.query({ email: "jane@acme.example" }); // TS2339
client.auth.check.query({ organisationId: "acme" }); // TS2561
client.auth.check.query({ organizationId: "acme", role: "boss" }); // TS2322
client.org.join.mutate({ organizationId: 5 }); // TS2322
client.org.me.query().then(({ user }) => user.subject); // TS2339
client.auth.validate.query().then(({ userId }): number => userId); // TS2322
createPlatformClient({ url: "http://127.0.0.1:4000", tokenHeader: "cookie" }); // TS2322
createPlatformClient({ url: 4000 }); // TS2322
createTokenValidator({ client: "a token" }); // TS2322
requireOrganization("boss"); // TS2345
export const userIdOf = ({ principal }: FastifyRequest) => principal.userId; // TS2339
createAuthenticator({ client, accepts: ["machine"] }); // TS2322
platform.addUser({ email: "jane@acme.example", memberships: { acme: "boss" } }); // TS2322
platform.refuse("TOKEN_OLD"); // TS2345
platform.refuse("TOKEN_INVALID", { procedure: "auth.validte" }); // TS2820
platform.refuse("TOKEN_INVALID", { procedure: "org.members.drop" }); // TS2820
platform.change("org.me", () => ({ organizations: [] })); // TS2740
platform.change("auth.check", (usual) => ({ ...usual, role: "boss" })); // TS2322
export const reason: Reason = "EXPIRED"; // TS2322
