import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DOCS_PAGE, DOCS_POLICY, DOCS_SCRIPT, DOCS_STYLE } from "./docs-page.ts";
import { openApiDocument } from "./openapi/document.ts";

const VIEWER_FILES = ["swagger-ui-bundle.js", "swagger-ui.css"] as const;
export type ViewerFile = (typeof VIEWER_FILES)[number];

/** The viewer's own files, gzipped. Asked for one when somebody opens the page, and not before. */
export type DocsViewer = (file: ViewerFile) => Buffer;

const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const;
const VIEWER_MAX_AGE_SECONDS = 3_600;

/** `/openapi.json`, and `/docs`, a page that shows it. Both are for anyone; nothing of them comes from elsewhere. */
export function registerDocsRoutes(app: FastifyInstance, viewer: DocsViewer): void {
  const description = JSON.stringify(openApiDocument());
  app.get("/openapi.json", (_request, reply) =>
    reply.type("application/json; charset=utf-8").send(description),
  );
  app.get("/docs", (_request, reply) =>
    asIs(reply)
      .header("content-security-policy", DOCS_POLICY)
      .header("referrer-policy", "no-referrer")
      .type("text/html; charset=utf-8")
      .send(DOCS_PAGE),
  );
  app.get("/docs/start.js", (_request, reply) => asIs(reply).type(TYPES.js).send(DOCS_SCRIPT));
  app.get("/docs/page.css", (_request, reply) => asIs(reply).type(TYPES.css).send(DOCS_STYLE));
  for (const file of VIEWER_FILES) {
    app.get(`/docs/${file}`, async (request, reply) => {
      void asIs(reply)
        .type(file.endsWith(".js") ? TYPES.js : TYPES.css)
        .header("cache-control", `public, max-age=${VIEWER_MAX_AGE_SECONDS}`)
        .header("vary", "accept-encoding");
      return sendGzipped(request, reply, viewer(file));
    });
  }
}

/** A browser must not guess another type than the one we say. */
function asIs(reply: FastifyReply): FastifyReply {
  return reply.header("x-content-type-options", "nosniff");
}

async function sendGzipped(
  request: FastifyRequest,
  reply: FastifyReply,
  gzipped: Buffer,
): Promise<FastifyReply> {
  if (/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(request.headers["accept-encoding"] ?? "")) {
    return reply.header("content-encoding", "gzip").send(gzipped);
  }
  return reply.send(await promisify(gunzip)(gzipped));
}
