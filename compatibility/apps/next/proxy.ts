import { auth0 } from "@/lib/auth0";

export const proxy = (request: Request) => auth0.middleware(request);

export const config = { matcher: "/((?!_next/).*)" };
