import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { once } from "../../once.ts";
import { VERSION } from "../../version.ts";
import { openApiDocument } from "./openapi/document.ts";
import { openApi30Document } from "./openapi/version-3-0.ts";
import { DOCS_PAGE, DOCS_POLICY, DOCS_SCRIPT } from "./page.ts";
import { DOCS_STYLE } from "./style.ts";

const VIEWER_FILES = ["swagger-ui-bundle.js", "swagger-ui.css"] as const;
export type ViewerFile = (typeof VIEWER_FILES)[number];

/** The viewer's own files, gzipped. Called once per file, when the first client requests it. */
export type DocsViewer = (file: ViewerFile) => Buffer;

const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const;
const VIEWER_MAX_AGE_SECONDS = 3_600;
const SLICE_BYTES = 65_536;

/** `/`, for somebody who knows only the address. */
export function registerStartRoute(app: FastifyInstance, hasViewer: boolean): void {
  const start = {
    service: "platform-api",
    version: VERSION,
    documentation: hasViewer ? "/docs" : null,
    description: "/openapi.json",
  };
  app.get("/", () => start);
}

/**
 * `/openapi.json`, and the same for generators that know only OpenAPI 3.0. They are buffers, because Node would encode a
 * string again for every slow client.
 */
export function registerDescriptionRoutes(app: FastifyInstance): void {
  const documents = {
    "/openapi.json": openApiDocument,
    "/openapi-3.0.json": () => openApi30Document(openApiDocument()),
  };
  for (const [path, document] of Object.entries(documents)) {
    const description = once(() => Buffer.from(JSON.stringify(document())));
    app.get(path, (_request, reply) => reply.type("application/json; charset=utf-8").send(description()));
  }
}

/** `/docs`, a public page that shows `/openapi.json`. Everything that it loads comes from this server. */
export function registerDocsRoutes(app: FastifyInstance, viewer: DocsViewer): void {
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
    // Every request shares the result of the first call (T75).
    const gzipped = once(() => viewer(file));
    const plain = once(() => promisify(gunzip)(gzipped()));
    app.get(`/docs/${file}`, async (request, reply) => {
      void asIs(reply)
        .type(file.endsWith(".js") ? TYPES.js : TYPES.css)
        .header("cache-control", `public, max-age=${VIEWER_MAX_AGE_SECONDS}`)
        .header("vary", "accept-encoding");
      if (!acceptsGzip(request)) return sendSliced(reply, await plain());
      return sendSliced(reply.header("content-encoding", "gzip"), gzipped());
    });
  }
}

/** Stops the browser from guessing a type other than the declared one. */
function asIs(reply: FastifyReply): FastifyReply {
  return reply.header("x-content-type-options", "nosniff");
}

function acceptsGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers["accept-encoding"] ?? "");
}

/** Sends slices, so that a slow client shows progress: Node reports a single large write only when it is complete. */
function sendSliced(reply: FastifyReply, bytes: Buffer): FastifyReply {
  return reply.header("content-length", bytes.length).send(Readable.from(slicesOf(bytes)));
}

function* slicesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    yield bytes.subarray(start, start + SLICE_BYTES);
  }
}
