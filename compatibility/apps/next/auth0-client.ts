import { Auth0Client } from "@auth0/nextjs-auth0/server";

export const auth0 = new Auth0Client({
  authorizationParameters: { audience: process.env.AUTH0_AUDIENCE },
  allowInsecureRequests: process.env.AUTH0_DOMAIN?.startsWith("http:"), // the running stack
});
