import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Where the clients are installed and run. */
export const FOLDER = import.meta.dirname;

/** A program that somebody uses against the stack, or around the SDK. */
export interface Client {
  readonly name: string;
  /** The packages of `package.json` whose versions the table shows. */
  readonly packages: readonly string[];
  /** Prints the version of a program that `package.json` does not have. */
  readonly version?: readonly string[];
  /** What is run, in one sentence. */
  readonly does: string;
  /** Exits with 0 if the client works. */
  readonly command: readonly string[];
  /** Runs with an identity provider on https, because the client refuses http. */
  readonly needsTls?: boolean;
}

const NODE = process.execPath;
const NODE_20 = join(FOLDER, "../packages/contract-tests/node_modules/node-20/bin/node");
const script = (name: string, ...args: string[]) => [NODE, `clients/${name}.mjs`, ...args];
const jest = (name: string, ...flags: string[]) => [
  NODE,
  ...flags,
  "node_modules/jest/bin/jest.js",
  "--config",
  `clients/tests/jest.${name}.json`,
];

const GUARD = "the guard lets Jane in, and refuses no token, a bad token and another organization";
const MOCKS = "a test on the SDK's mocks";
const PAGE = "a page in a browser asks platform-api through the SDK's React hooks";
const ASK = "the client and `createAuthenticator` accept Jane's token and refuse others";

const REVOKING = "login by redirect, logout that revokes both tokens";

/** All clients, in the order of the table. */
export const CLIENTS: readonly Client[] = [
  {
    name: "auth0-spa-js",
    packages: ["@auth0/auth0-spa-js"],
    does: "login by redirect and by popup, silent login after a reload (`web_message`), refresh tokens, logout",
    command: script("auth0-spa-js"),
  },
  {
    name: "auth0-react",
    packages: ["@auth0/auth0-react", "react", "vite"],
    does: "the app of [first-app-react.md](first-app-react.md): login, the user's data, reload, logout",
    command: [NODE, "apps/react/try.mjs"],
  },
  {
    name: "Next.js",
    packages: ["next", "@auth0/nextjs-auth0"],
    does: "the app of [first-app-next.md](first-app-next.md): login, the route handler, reload, logout",
    command: [NODE, "apps/next/try.mjs"],
  },
  {
    name: "oidc-client-ts",
    packages: ["oidc-client-ts"],
    does: "login by redirect, silent renewal, logout that revokes both tokens",
    command: script("oidc-client-ts"),
  },
  {
    name: "express-openid-connect",
    packages: ["express-openid-connect"],
    does: "login by form post (its default) and by code with an audience, logout",
    command: script("express-openid-connect"),
  },
  {
    name: "express-oauth2-jwt-bearer",
    packages: ["express-oauth2-jwt-bearer"],
    does: "accepts Jane's token, refuses a forged one",
    command: script("express-oauth2-jwt-bearer"),
  },
  {
    name: "openid-client",
    packages: ["openid-client"],
    does: "discovery, login by code, refresh and revocation, with the secret in the body and in the header",
    command: script("openid-client"),
  },
  {
    name: "auth0-auth-js",
    packages: ["@auth0/auth0-auth-js"],
    does: "login by code, refresh and logout, over https",
    command: script("auth0-auth-js"),
    needsTls: true,
  },
  { name: "Hono", packages: ["hono"], does: GUARD, command: script("hono") },
  { name: "Express 4", packages: ["express-4"], does: GUARD, command: script("express", "express-4") },
  { name: "Express 5", packages: ["express"], does: GUARD, command: script("express", "express") },
  { name: "Fastify", packages: ["fastify"], does: GUARD, command: script("fastify") },
  {
    name: "a workers runtime",
    packages: ["miniflare"],
    does: "`createAuthenticator` in workerd lets Jane in, and refuses the others",
    command: script("workers"),
  },
  {
    name: "Vite",
    packages: ["vite", "react"],
    does: `${PAGE}, from the development server and built`,
    command: script("vite"),
  },
  { name: "esbuild", packages: ["esbuild", "react"], does: PAGE, command: script("esbuild") },
  {
    name: "React 18",
    packages: ["react-18"],
    does: PAGE,
    command: script("esbuild", "react-18", "react-dom-18"),
  },
  {
    name: "Bun",
    packages: ["bun"],
    does: ASK,
    command: [installed("@oven", "bin/bun"), "clients/sdk.mjs"],
  },
  {
    name: "Deno",
    packages: ["deno"],
    does: ASK,
    command: [installed("@deno", "deno"), "run", "--allow-all", "clients/sdk.mjs"],
  },
  {
    name: "node:test, Node 20",
    packages: [],
    version: [NODE_20, "--version"],
    does: `${ASK}; ${MOCKS}`,
    command: [NODE_20, "--test", "clients/tests/node.test.mjs"],
  },
  {
    name: "node:test, Node 24",
    packages: [],
    version: [NODE, "--version"],
    does: `${ASK}; ${MOCKS}`,
    command: [NODE, "--test", "clients/tests/node.test.mjs"],
  },
  {
    name: "vitest",
    packages: ["vitest", "msw"],
    does: MOCKS,
    command: [NODE, "node_modules/vitest/vitest.mjs", "run", "clients/tests/vitest.test.mjs"],
  },
  {
    name: "Jest, ESM",
    packages: ["jest", "msw"],
    does: `${MOCKS}, with \`--experimental-vm-modules\``,
    command: jest("esm", "--experimental-vm-modules"),
  },
  {
    name: "Jest, jsdom",
    packages: ["jest", "jest-fixed-jsdom", "msw"],
    does: `${MOCKS}, in jsdom with Node's \`fetch\``,
    command: jest("jsdom", "--experimental-vm-modules"),
  },
  {
    name: "Jest, CommonJS",
    packages: ["jest", "msw"],
    does: `\`require\` of the main entry, \`/react\` and \`/testing\`, and ${MOCKS}, which Babel turns into CommonJS`,
    command: jest("commonjs"),
  },
  {
    name: "curl",
    packages: [],
    version: ["curl", "--version"],
    does: "the REST paths with both headers, and without a token",
    command: ["sh", "clients/curl.sh"],
  },
  {
    name: "FastAPI",
    packages: [],
    version: ["/usr/bin/python3", "-c", "import fastapi; print(fastapi.__version__)"],
    does: "the code of [from-fastapi.md](from-fastapi.md) lets Jane in, and refuses the others",
    command: ["/usr/bin/python3", "clients/from-fastapi.py", "../docs/from-fastapi.md"],
  },
  {
    name: "openapi-typescript",
    packages: ["openapi-typescript", "openapi-fetch"],
    does: "generated types compile, and its client gets Jane's user id",
    command: script("openapi-typescript"),
  },
  {
    name: "Redocly",
    packages: ["@redocly/cli"],
    does: "finds no problem in `/openapi.json`",
    command: script("description", "redocly"),
  },
  {
    name: "Spectral",
    packages: ["@stoplight/spectral-cli"],
    does: "finds no problem in `/openapi.json`, with its recommended rules",
    command: script("description", "spectral"),
  },
  {
    name: "Prism",
    packages: ["@stoplight/prism-cli"],
    does: "plays `/validate` from `/openapi.json`, with the answers of every status",
    command: script("description", "prism"),
  },
  {
    name: "React Native",
    packages: ["hermes-compiler"],
    does: "the compiler of its engine takes the client and the React entry; both work with its globals alone",
    command: script("react-native"),
  },
  {
    name: "@trpc/client",
    packages: ["@trpc/client"],
    does: "the code of [sdk.md](sdk.md): `httpBatchLink` sends eleven calls at once, and a query by POST",
    command: script("trpc"),
  },
  {
    name: "TypeScript 5.0",
    packages: ["typescript-5.0"],
    does: "compiles the SDK's entries with each `moduleResolution` that [sdk.md](sdk.md) names, and finds each wrong line",
    command: script("typescript", "typescript-5.0"),
  },
  {
    name: "openapi-typescript-codegen",
    packages: ["openapi-typescript-codegen"],
    does: "knows only OpenAPI 3.0: what it makes of `/openapi-3.0.json` compiles and gets Jane's user id",
    command: script("openapi-3.0"),
  },
  {
    name: "Sentry",
    packages: ["@sentry/browser"],
    does: "a page whose requests carry `sentry-trace`, `baggage`, `traceparent` and `tracestate` reads Jane's user id",
    command: script("sentry"),
  },
  {
    name: "the previous version",
    packages: [],
    version: [NODE, "-p", "require('../packages/client/package.json').version"],
    does: "the tests of what consumers rely on: its client with today's server, and today's client with its server",
    command: script("previous-version"),
  },
  {
    name: "angular-auth-oidc-client",
    packages: ["angular-auth-oidc-client", "@angular/core"],
    does: REVOKING,
    command: script("angular-auth-oidc-client"),
  },
  {
    name: "angular-oauth2-oidc",
    packages: ["angular-oauth2-oidc", "@angular/core"],
    does: REVOKING,
    command: script("angular-oauth2-oidc"),
  },
  {
    name: "passport-auth0",
    packages: ["passport-auth0"],
    does: "login by code, from the password page to Acme by the address, the profile from `/userinfo`, over https",
    command: script("passport-auth0"),
    needsTls: true,
  },
  {
    name: "an MCP client",
    packages: ["@modelcontextprotocol/sdk"],
    does: "discovery, login by code and refresh, each with `resource` of the MCP server",
    command: script("mcp"),
  },
];

/** The program of a package that npm installs for this machine only, without running an install script. */
function installed(scope: string, file: string): string {
  const scoped = join(FOLDER, "node_modules", scope);
  const [found] = listed(scoped);
  return join(scoped, found ?? "not-installed", file);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
