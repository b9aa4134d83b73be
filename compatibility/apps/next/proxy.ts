import { auth0 } from "@/auth0-client";

export const proxy = (request: Request) => auth0.middleware(request);

export const config = { matcher: "/((?!_next/).*)" };
