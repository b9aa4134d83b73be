export type { Services } from "../trpc/index.ts";
export { type BufferedAccessLog, createAccessLog } from "./access-log.ts";
export type { DocsViewer } from "./docs-routes.ts";
export { createMetricsServer, type MetricsServer } from "./metrics-route.ts";
export { CALLS, createHttpServer, type HttpServer, type HttpServerOptions } from "./server.ts";
export { VERSION } from "./version.ts";
