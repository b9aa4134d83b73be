export type { Services } from "../trpc/index.ts";
export type { DocsViewer } from "./docs-routes.ts";
export { createHttpServer, type HttpServer, type HttpServerOptions } from "./server.ts";
