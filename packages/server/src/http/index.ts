export type { Services } from "../trpc/index.ts";
export { createHttpServer, type HttpServer, type HttpServerOptions } from "./server.ts";
