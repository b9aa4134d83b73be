import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { createRunsTable, readConfig, serveAgenticBackend } from "@platform-api/agentic-backend";
import {
  AGENTIC_BACKEND_CLIENT,
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  CLI_CLIENT,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { CookieJar } from "../../../apps/dev/token/cookie-jar.ts";
import { Browser } from "../../../apps/dev/token/login.ts";
import { backendVariables } from "../simulator/backend-variables.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { ORGANIZATIONS } from "../simulator/people.ts";
import { startStack } from "../simulator/stack.ts";

const HOST = "127.0.0.1";

/** platform-api, the identity provider and agentic-backend, whose `/mcp` is known by its address. */
export async function startMcpWorld(dataFolder: string) {
  const [port = 0] = await freePorts(1);
  const provider = await startIdentityProvider({
    host: HOST,
    port: 0,
    dataFolder,
    // A client of MCP names no connection: the password page leads people of these domains on to their company's.
    connections: ORGANIZATIONS.flatMap(({ connections = [], domains }) =>
      connections.map((each) => ({ ...each, domains })),
    ),
    defaultAudience: API_AUDIENCE,
  });
  const { issuer } = provider;
  const stack = await startStack({
    AUTH0_ISSUER: issuer,
    AUTH0_JWKS_URL: `${issuer}.well-known/jwks.json`,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    SERVICE_CLIENTS: `${AGENTIC_BACKEND_CLIENT.clientId}=standing`,
  });
  await stack.applyOrganizations(ORGANIZATIONS);
  const { DYNAMODB_ENDPOINT = "", AWS_REGION = "" } = stack.environment;
  const url = `http://${HOST}:${port}/mcp`;
  const config = readConfig({
    ...backendVariables(stack.url, issuer),
    PORT: String(port),
    RUNS_TABLE: "runs",
    DYNAMODB_ENDPOINT,
    AWS_REGION,
    MCP_URL: url,
    MCP_ISSUER: issuer,
  });
  await createRunsTable(config);
  const backend = await serveAgenticBackend(config, { write: () => {} });
  return {
    issuer,
    url: new URL(url),
    close: async () => {
      await backend.stop();
      await Promise.all([stack.close(), provider.close()]);
    },
  };
}

/** What a client of MCP asks of the program around it: a public client with PKCE, whose user signs in in a browser. */
export class SignIn implements OAuthClientProvider {
  readonly redirectUrl = CLI_CLIENT.redirectUri;
  readonly clientMetadata = { redirect_uris: [this.redirectUrl] };
  /** Where the user was sent. */
  sentTo: URL | null = null;
  #tokens: OAuthTokens | undefined;
  #verifier = "";

  clientInformation = () => ({ client_id: CLI_CLIENT.clientId });
  tokens = () => this.#tokens;
  saveTokens = (tokens: OAuthTokens) => {
    this.#tokens = tokens;
  };
  codeVerifier = () => this.#verifier;
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier;
  };
  redirectToAuthorization = (url: URL) => {
    this.sentTo = url;
  };

  /** The user gives their address, and signs in at their company. @returns the code */
  async byUser(email: string): Promise<string> {
    if (this.sentTo === null) throw new Error("nobody was sent to sign in");
    const browser = new Browser(this.redirectUrl, new CookieJar());
    let page = await browser.open(this.sentTo);
    for (let forms = 0; page.callback === undefined && forms < 2; forms += 1)
      page = await browser.open(page.url, new URLSearchParams({ email, password: "" }));
    return page.callback?.searchParams.get("code") ?? "";
  }
}
