import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import type { StartConfig } from "./config.ts";
import { runningStack } from "./data-folder.ts";
import { HOST } from "./environment.ts";

/** What needs each port. */
export const OWNERS = {
  PLATFORM_API_PORT: "platform-api",
  AGENTIC_BACKEND_PORT: "agentic-backend",
  FRONTEND_PORT: "the frontend",
  IDENTITY_PROVIDER_PORT: "the identity provider",
  USER_DIRECTORY_PORT: "the user directory",
  DYNAMODB_PORT: "the embedded DynamoDB",
  DNS_PORT: "the DNS server",
  MAILBOX_PORT: "the mailbox",
  MAILBOX_SMTP_PORT: "the SMTP server of the mailbox",
} as const;

type PortVariable = keyof typeof OWNERS;

export const EVERY_PORT: readonly PortVariable[] = Object.keys(OWNERS) as PortVariable[];

/** The ports of what a company already has. */
export const STAND_INS: readonly PortVariable[] = [
  "IDENTITY_PROVIDER_PORT",
  "USER_DIRECTORY_PORT",
  "DYNAMODB_PORT",
  "DNS_PORT",
  "MAILBOX_PORT",
  "MAILBOX_SMTP_PORT",
];

/**
 * @throws before anything starts when the stack of this folder runs already, or ports are in use. The message names it, or
 * each port and how to change it
 */
export async function refuseBusyPorts(
  config: StartConfig,
  variables: readonly PortVariable[] = EVERY_PORT,
): Promise<void> {
  const running = runningStack(config);
  if (running !== null) throw new Error(running);
  const busy: string[] = [];
  const taken = new Map<number, string>();
  for (const variable of variables) {
    const owner = OWNERS[variable];
    const port = config[variable];
    const other = taken.get(port);
    if (other !== undefined) {
      busy.push(`${other} and ${variable} are both ${port}: set one of them to another port`);
    } else if ((await isBusy(port)) || (variable === "DNS_PORT" && (await isBusyForUdp(port)))) {
      busy.push(`port ${port} is in use, ${owner} needs it: stop what listens there, or set ${variable}`);
    }
    taken.set(port, variable);
  }
  if (busy.length > 0) throw new Error(busy.join("\n"));
}

async function isBusy(port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, "listening");
  } catch {
    return true;
  }
  server.close();
  await once(server, "close");
  return false;
}

async function isBusyForUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.bind(port, HOST);
    await once(socket, "listening");
    return false;
  } catch {
    return true;
  } finally {
    socket.close();
  }
}
