import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { z } from "zod";
import type { Mails } from "./mails.ts";

/**
 * What the server does with a mail. `take` is the only kind one: it refuses the recipient with a reply code (400 to
 * 599), or hangs, closes the connection or talks nonsense instead of a greeting, or does so after the whole mail.
 */
export const behaviour = z.union([
  z.enum(["take", "hang", "drop", "garbage", "hang-after-data", "drop-after-data", "garbage-after-data"]),
  z.int().min(400).max(599),
]);
export type Behaviour = z.output<typeof behaviour>;

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** Offers STARTTLS, or speaks TLS from the first byte. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly isImplicit: boolean };
  /** Requires this login. */
  readonly credentials?: { readonly user: string; readonly password: string };
  readonly mails: Mails;
  readonly behaviour: () => Behaviour;
}

const GARBAGE = "\0\xff 200 OK\r\nthis is not SMTP\r\n";

/** Starts an SMTP server that keeps every mail. @throws when the port is in use */
export async function startSmtp(options: SmtpOptions) {
  const sockets = new Map<number, Socket>();
  const smtp = new SMTPServer(serverOptions(options, (port) => sockets.get(port)));
  smtp.on("error", () => {}); // a client has gone, or has given up
  const server = createServer((socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on("close", () => sockets.delete(port)).on("error", () => {});
    const how = options.behaviour();
    if (how === "hang") return;
    if (how === "drop") socket.destroy();
    else if (how === "garbage") socket.write(GARBAGE, "latin1");
    else {
      // Node crashes when the socket below a TLS handshake is destroyed.
      if (options.tls !== undefined) sockets.delete(port);
      smtp.server.emit("connection", socket);
    }
  });
  await once(server.listen(options.port, options.host), "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    /** Closes every connection immediately. */
    async close(): Promise<void> {
      const closed = once(server.close(), "close");
      for (const connection of smtp.connections) connection.close();
      smtp.close();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

function serverOptions(
  { tls, credentials, mails, behaviour: current }: SmtpOptions,
  socketAt: (remotePort: number) => Socket | undefined,
): SMTPServerOptions {
  return {
    ...(tls && { key: tls.key, cert: tls.cert, secure: tls.isImplicit }),
    disabledCommands: tls === undefined ? ["STARTTLS"] : [],
    disableReverseLookup: true,
    logger: false,
    authOptional: credentials === undefined,
    allowInsecureAuth: tls === undefined,
    onAuth({ username, password }, _session, callback) {
      const isKnown = username === credentials?.user && password === credentials?.password;
      if (isKnown) callback(null, { user: username });
      else callback(refusal(535, `no login for ${username} with ${password}`)); // as unkind as a server can be
    },
    onRcptTo({ address }, _session, callback) {
      const how = current();
      callback(typeof how === "number" ? refusal(how, `<${address}> is not taken`) : null);
    },
    onData(stream, { envelope, remotePort }, callback) {
      buffer(stream)
        .then(async (source) => {
          const how = current();
          const recipients = envelope.rcptTo.map(({ address }) => address);
          if (how === "hang-after-data") return;
          if (how === "drop-after-data") socketAt(remotePort)?.destroy();
          else if (how === "garbage-after-data") socketAt(remotePort)?.end(GARBAGE, "latin1");
          else await mails.add(source, recipients).then(() => callback(null));
        })
        .catch(callback);
    },
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
