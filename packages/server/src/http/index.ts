export type { Services } from "../trpc/index.ts";
export { VERSION } from "../version.ts";
export type { DocsViewer } from "./docs/routes.ts";
export { CALLS, createHttpServer, type HttpServer, type HttpServerOptions } from "./server.ts";
export { type BufferedAccessLog, createAccessLog } from "./transport/access-log.ts";
export { createMetricsServer, type MetricsServer } from "./transport/metrics-route.ts";
