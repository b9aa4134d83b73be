import { once } from "node:events";
import { createServer } from "node:http";
import { type FrontendConfigFile, parseConfig } from "../src/app/config/config.ts";
import { answer } from "./answer.ts";
import { securityHeaders } from "./security-headers.ts";
import { readSite, siteFile } from "./site.ts";

export type { FrontendConfigFile } from "../src/app/config/config.ts";
export { securityHeaders } from "./security-headers.ts";

/** `config` becomes `/config.json`. `outDir` is the folder of the built files. */
export type FrontendOptions = { host: string; port: number; config: FrontendConfigFile; outDir: string };

export type RunningFrontend = Awaited<ReturnType<typeof serveFrontend>>;

/** As long as platform-api keeps idle connections: longer than a load balancer does (often 60 s). */
const KEEP_ALIVE_MS = 72_000;
const TIME_LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/**
 * Serves the built app from memory, and `/livez` for health checks.
 * @throws if the configuration is invalid or the port is in use
 */
export async function serveFrontend({ host, port, outDir, ...rest }: FrontendOptions) {
  const config = parseConfig(rest.config);
  const policy = securityHeaders(config);
  const site = readSite(outDir);
  site.set("/config.json", siteFile("application/json", Buffer.from(JSON.stringify(config))));
  site.set("/livez", siteFile("application/json", Buffer.from('{"status":"ok"}')));

  const server = createServer({ ...TIME_LIMITS, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { status, headers, body } = answer(site, request);
    const closing = server.listening ? {} : { connection: "close" };
    const length = status === 304 ? {} : { "content-length": body?.length ?? 0 };
    response.writeHead(status, { ...policy, ...headers, ...length, ...closing });
    // Node counts a connection as idle once its answer has ended, and `close` cuts it: so only when all of it is sent.
    if (request.method === "HEAD" || body === undefined) response.end();
    else response.write(body, () => response.end());
  });
  await once(server.listen(port, host), "listening");
  const address = server.address();

  /** Accepts no new connections, and ends those that are still open after `graceMs`. */
  const close = async (graceMs = 0): Promise<void> => {
    const closed = once(server.close(), "close");
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(cut);
  };
  return { url: `http://${host}:${typeof address === "object" ? address?.port : port}`, close };
}
