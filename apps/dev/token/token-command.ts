import { parseArgs } from "node:util";
import { CLI_CLIENT } from "../identity-provider/tenant/clients.ts";
import { PASSWORD_CONNECTION } from "../identity-provider/tenant/connection.ts";
import { DEVELOPMENT_PASSWORD } from "../identity-provider/tenant/password.ts";
import type { Outcome } from "../outcome.ts";
import type { TokenConfig } from "./config.ts";
import { discoverSso, type SsoOption } from "./discovery.ts";
import { type LoginOptions, LoginRefusedOnPage, login } from "./login.ts";

const HELP = `Signs a user in to the running development stack and prints the access token.

  ./platform token <e-mail> [options]
  TOKEN=$(./platform token jane@acme.example)

  --connection <name>         sign in through this connection, required if the address has more than one
  --organization <org_…>      sign in for this Auth0 organization
  --password <password>       the password, by default that of the example accounts ("${DEVELOPMENT_PASSWORD}")
  --sign-up                   create the password account first, with an unverified address
  --json                      print { accessToken, refreshToken, idToken }
  --help

Environment: PLATFORM_API_URL, IDENTITY_PROVIDER_URL, AUTH0_AUDIENCE
`;

/** Runs `./platform token` with these arguments. */
export async function tokenCommand(args: readonly string[], readConfig: () => TokenConfig): Promise<Outcome> {
  let command: ReturnType<typeof parseCommand>;
  try {
    command = parseCommand(args);
  } catch (error) {
    return wrongUse(`${messageOf(error)}\n\n${HELP}`);
  }
  if (command === "help") return { exitCode: 0, stdout: HELP, stderr: "" };

  try {
    const config = readConfig();
    const route = await chooseRoute(command, config);
    if (typeof route === "string") return wrongUse(route);
    const tokens = await login({
      issuer: config.identityProviderUrl,
      ...CLI_CLIENT,
      audience: config.audience,
      email: command.email,
      password: command.password ?? DEVELOPMENT_PASSWORD,
      isSignUp: command.isSignUp,
      ...route,
    });
    return {
      exitCode: 0,
      stdout: `${command.json ? JSON.stringify(tokens) : tokens.accessToken}\n`,
      stderr: "",
    };
  } catch (error) {
    return { exitCode: 1, stdout: "", stderr: failureOf(error) };
  }
}

type Command = Exclude<ReturnType<typeof parseCommand>, "help">;

function parseCommand(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      connection: { type: "string" },
      organization: { type: "string" },
      password: { type: "string" },
      "sign-up": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help" as const;
  const [email, ...rest] = positionals;
  if (email === undefined || rest.length > 0) throw new Error("One e-mail address is needed");
  return { ...values, email, isSignUp: values["sign-up"] };
}

type Route = Pick<LoginOptions, "connection" | "organization">;

/** The requested or only route for the address, or a message that lists the choices. */
async function chooseRoute(command: Command, { platformApiUrl }: TokenConfig): Promise<Route | string> {
  const wantsPassword = command.password !== undefined || command.isSignUp;
  const connection = command.connection ?? (wantsPassword ? PASSWORD_CONNECTION.name : undefined);
  const options = await discoverSso(platformApiUrl, command.email);
  const fitting = options.filter(
    (option) =>
      [undefined, option.connection].includes(connection) &&
      [undefined, option.authorize.organization].includes(command.organization),
  );
  if (fitting.length > 1) return severalWays(command.email, fitting);
  const [option] = fitting;
  return {
    connection: connection ?? option?.authorize.connection,
    organization: command.organization ?? option?.authorize.organization,
  };
}

function severalWays(email: string, options: readonly SsoOption[]): string {
  const ways = options.map(({ connection, displayName, authorize: { organization } }) => {
    const flags = organization === undefined ? connection : `${connection} --organization ${organization}`;
    return `  --connection ${flags}   ${displayName}\n`;
  });
  return `${email} has more than one way to sign in. Add one of:\n${ways.join("")}`;
}

function wrongUse(stderr: string): Outcome {
  return { exitCode: 2, stdout: "", stderr };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Why there is no token, and what to do about it. Where the page offers a form for it, a flag does the same. */
function failureOf(error: unknown): string {
  const message = messageOf(error);
  const here = message.replace("Create one below.", "Use --sign-up to create one.");
  return here === message ? `${message}\n${suggestionFor(error)}` : `${here}\n`;
}

function suggestionFor(error: unknown): string {
  if (error instanceof LoginRefusedOnPage)
    return "Try --password, --sign-up, --connection or --organization (see --help).\n";
  if (error instanceof TypeError && isUntrusted(error.cause)) {
    return "Trust its certificate: set NODE_EXTRA_CA_CERTS to identity-provider/ca.pem in the stack's DATA_FOLDER.\n";
  }
  // `fetch` throws this when nothing listens.
  if (error instanceof TypeError) return "Is the stack running? Start it with: npx -y pnpm@12 start\n";
  return "";
}

/** OpenSSL's codes for a certificate that no trusted authority has signed, such as SELF_SIGNED_CERT_IN_CHAIN. */
function isUntrusted(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /CERT|SIGNATURE/.test(String(cause.code));
}
