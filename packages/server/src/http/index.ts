export type { Services } from "../trpc/index.ts";
export { type BufferedAccessLog, createAccessLog } from "./access-log.ts";
export type { DocsViewer } from "./docs-routes.ts";
export { createHttpServer, type HttpServer, type HttpServerOptions } from "./server.ts";
