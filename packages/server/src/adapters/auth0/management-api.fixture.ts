import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** An answer of the stand-in. Without any field it is `{}` with status 200. */
export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  /** Instead of `json`, as text/html. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  /** Closes the connection in the middle of the body. */
  readonly isCut?: boolean;
}

export interface Received {
  /** `GET /api/v2/organizations` */
  readonly route: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export const SECRET = "c1ient-s3cret";
export const TOKEN = "t0ken-of-the-api";
export const APP_CLIENTS = ["app-1", "app-2"];
export const IDENTITY = {
  clientId: "management",
  clientSecret: SECRET,
  profileId: "ssp_1",
  appClientIds: APP_CLIENTS,
};

/** What is asked about the connection acme-1. */
export const BY_NAME =
  "GET /api/v2/connections?name=acme-1&fields=id%2Cname%2Cstrategy%2Coptions&include_fields=true";
export const CLIENTS = "GET /api/v2/connections/con_1/clients?take=50";

const TOKEN_ROUTE = "POST /oauth/token";

/** A server that gives each route its answers in turn, and the last one again and again. It ends with its test. */
export async function managementApi(answers: Readonly<Record<string, readonly Answer[]>>) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const route = `${request.method} ${request.url}`;
    const count = received.filter((other) => other.route === route).length;
    const { authorization } = request.headers;
    received.push({ route, authorization, body: text === "" ? null : JSON.parse(text) });
    const fallback: Answer =
      route === TOKEN_ROUTE
        ? { json: { access_token: `${TOKEN}-${count + 1}`, expires_in: 86_400, token_type: "Bearer" } }
        : { status: 404, json: { error: "no such route" } };
    const { [route]: script = [fallback] } = answers;
    const {
      status = 200,
      json = {},
      html,
      headers,
      delayMs = 0,
      isCut,
    } = script[count] ?? script.at(-1) ?? fallback;
    setTimeout(() => {
      const contentType = html === undefined ? "application/json; charset=utf-8" : "text/html";
      response.writeHead(status, { "content-type": contentType, ...headers });
      const body = html ?? JSON.stringify(json);
      if (!isCut) response.end(status === 204 ? undefined : body);
      else response.write(body.slice(0, body.length / 2), () => response.destroy());
    }, delayMs);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    options: { url, ...IDENTITY },
    received,
    routes: () => received.map(({ route }) => route),
    /** Those of the API, without requests of tokens. */
    calls: () => received.map(({ route }) => route).filter((route) => route !== TOKEN_ROUTE),
  };
}
