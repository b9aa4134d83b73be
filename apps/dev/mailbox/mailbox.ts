import Fastify, { type FastifyInstance } from "fastify";
import { listenError } from "../service-errors.ts";
import { Mails, type ReceivedMail } from "./mails.ts";
import { MAIL_POLICY, mailboxPage, mailHtml, newestOf, PAGE_POLICY, REFRESH_SCRIPT } from "./page.ts";
import { type Behaviour, behaviour, type SmtpOptions, startSmtp } from "./smtp.ts";

export interface MailboxOptions extends Pick<SmtpOptions, "tls" | "credentials"> {
  readonly host: string;
  /** Of the page. 0 takes any free port. */
  readonly port: number;
  /** Of the SMTP server. 0 takes any free port. */
  readonly smtpPort: number;
}

export interface RunningMailbox {
  /** The address of the page, without a trailing slash. */
  readonly url: string;
  readonly smtpPort: number;
  /** Newest first, at most 200. */
  readonly mails: readonly ReceivedMail[];
  clear(): void;
  /** Until the next call. `PUT /behaviour` with the value as JSON does the same. */
  behave(how: Behaviour): void;
  /** Closes every connection immediately. */
  close(): Promise<void>;
}

/**
 * Starts a mailbox for all addresses: an SMTP server, and a page that shows what it has received.
 * @throws when a port is in use
 */
export async function startMailbox(options: MailboxOptions): Promise<RunningMailbox> {
  const { host, port, smtpPort } = options;
  const mails = new Mails();
  let current: Behaviour = "take";
  const behave = (how: Behaviour) => {
    current = how;
  };
  const smtp = await startSmtp({ ...options, port: smtpPort, mails, behaviour: () => current }).catch(
    (error) => {
      throw listenError(error, smtpPort, "SMTP server of the mailbox");
    },
  );
  const web = mailboxServer(mails, behave);
  const close = async () => {
    await Promise.all([web.close(), smtp.close()]);
  };
  try {
    const url = await web.listen({ host, port });
    return { url, smtpPort: smtp.port, mails: mails.all, clear: () => mails.clear(), behave, close };
  } catch (error) {
    await close();
    throw listenError(error, port, "mailbox");
  }
}

function mailboxServer(mails: Mails, behave: (how: Behaviour) => void): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true });
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });
  server.get("/", async (_request, reply) => {
    reply.type("text/html").header("content-security-policy", PAGE_POLICY);
    return mailboxPage(mails.all);
  });
  server.get("/refresh.js", async (_request, reply) => {
    reply.type("text/javascript");
    return REFRESH_SCRIPT;
  });
  server.get("/newest", async () => newestOf(mails.all));
  server.get("/mails.json", async () => mails.all.map(({ source: _, ...mail }) => mail));
  server.get<{ Params: { id: string } }>("/mails/:id/html", async ({ params }, reply) => {
    const mail = mails.all.find(({ id }) => id === params.id);
    if (mail === undefined) return reply.callNotFound();
    reply.type("text/html").header("content-security-policy", MAIL_POLICY);
    return mailHtml(mail);
  });
  server.delete("/mails", async (_request, reply) => {
    mails.clear();
    return reply.code(204).send();
  });
  server.put("/behaviour", async ({ body }, reply) => {
    const how = behaviour.safeParse(body);
    if (!how.success) return reply.code(400).send({ error: "must be one of the behaviours in smtp.ts" });
    behave(how.data);
    return reply.code(204).send();
  });
  return server;
}
