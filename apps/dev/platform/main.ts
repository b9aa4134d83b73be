import { existsSync } from "node:fs";
import { join } from "node:path";
import { holderOf, STORE_FOLDER } from "../data-folder/folder-lock.ts";
import { report } from "../outcome.ts";
import {
  addVariables,
  hasStackElsewhere,
  readDataFolder,
  shownPath,
  useCommandName,
  useDataFolder,
} from "./config.ts";

const HELP = `On this machine:
  ./platform start            the whole stack, with example people (stand-ins: only what a company already has)
  ./platform token <e-mail>   signs a user in and prints the access token
  ./platform dns set <name> <value>   sets a TXT record of the development DNS server

On the stack that runs, which DATA_FOLDER names (default: .data), the commands of platform-api:

`;

const [command = "--help", ...rest] = process.argv.slice(2);
const folder = readDataFolder();
const asksForHelp = [command, ...rest].some((arg) => ["--help", "-h", "--version"].includes(arg));

if (command === "start" || command === "stand-ins") await start(command);
else if (command === "dns") await dns();
else if (command === "token" && rest[0] !== "explain") await token();
else await platformApi();

async function start(what: "start" | "stand-ins"): Promise<void> {
  if (asksForHelp) {
    const { helpFor } = await import("../start/description.ts");
    return report({ exitCode: 0, stdout: helpFor(what, shownPath(folder)), stderr: "" });
  }
  if (rest.length > 0) {
    const stderr = `${what} takes no arguments (see ./platform ${what} --help)\n`;
    return report({ exitCode: 2, stdout: "", stderr });
  }
  useDataFolder(folder);
  await import("../start/main.ts");
}

async function dns(): Promise<void> {
  if (!asksForHelp && !isRunning()) return;
  const { dnsCommand } = await import("../dns/dns-command.ts");
  report(dnsCommand(rest, folder));
}

async function token(): Promise<void> {
  const isElsewhere = asksForHelp || hasStackElsewhere();
  if (!isElsewhere && !isRunning()) return;
  const file = join(folder, "token.env");
  if (existsSync(file)) addVariables(file);
  const { tokenCommand } = await import("../token/token-command.ts");
  const { readConfig } = await import("../token/config.ts");
  report(await tokenCommand(rest, readConfig));
}

async function platformApi(): Promise<void> {
  const variables = join(folder, "platform-api.env");
  if (["--help", "-h"].includes(command)) process.stdout.write(HELP);
  else if (!asksForHelp && !isRunning(variables)) return;
  if (!asksForHelp) addVariables(variables);
  useCommandName();
  await import("@platform-api/platform-api/main");
}

/** Whether a stack runs in the folder, and has written the file. If not, says so. */
function isRunning(file?: string): boolean {
  if (holderOf(join(folder, STORE_FOLDER)) !== null && (file === undefined || existsSync(file))) return true;
  const shown = shownPath(folder);
  process.stderr.write(`No stack is running in ${shown}. Run \`./platform start\`, or set DATA_FOLDER.\n`);
  process.exitCode = 1;
  return false;
}
