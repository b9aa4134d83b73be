import { once } from "node:events";
import { createServer } from "node:net";
import { MailFailed, parseEmail } from "@platform-api/server/domain";
import { expect, it, onTestFinished } from "vitest";
import { type Environment, readServerConfig } from "../config/config.ts";
import { createLogger } from "../log/logger.ts";
import { composeMailer } from "./mail.ts";

const VALID: Environment = {
  AUTH0_ISSUER: "https://login.acme.example/",
  AUTH0_AUDIENCE: "https://api.platform.example",
  AUTH0_CLAIM_NAMESPACE: "https://platform.example/",
  CLJ_PG_WRAPPER_URL: "https://directory.internal:8080",
  CLJ_PG_WRAPPER_TOKEN: "service-token",
  DYNAMODB_TABLE: "platform-api",
  AWS_REGION: "eu-central-1",
};

/** A mail server that says each line at its turn, and the mailer that is configured for it. */
async function mailerTo(...replies: string[]) {
  const server = createServer((socket) => {
    const left = replies.map((reply) => `${reply}\r\n`);
    socket.write(left.shift() ?? "");
    socket.on("data", () => socket.write(left.shift() ?? "221 bye\r\n")).on("error", () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const bound = server.address();
  const port = typeof bound === "object" ? bound?.port : 0;
  const config = readServerConfig({
    ...VALID,
    SMTP_URL: `smtp://canary-user:canary-password@127.0.0.1:${port}`,
    MAIL_FROM: "Canary <canary-from@platform.example>",
    FRONTEND_URL: "https://canary-app.example",
  });
  const lines: string[] = [];
  const logger = createLogger("trace", { write: (line: string) => void lines.push(line) });
  const to = parseEmail("canary-jane@acme.example");
  const mailer = composeMailer(config, { logger });
  if (mailer === null || to === null) throw new Error("the test's configuration is wrong");
  const expiresAt = "2026-12-03T15:57:40.123Z";
  const by = { invitedBy: null, inviterName: null, isOperators: true };
  const mail = { to, organizationName: "Canary", role: "member", ...by, expiresAt } as const;
  return { lines, sent: mailer.sendInvitation(mail, new AbortController().signal) };
}

const EHLO = "250-canary-host\r\n250 AUTH PLAIN";

it("logs that a mail was taken, with the reply code, and nothing else of it", async () => {
  const replies = ["220 hi", EHLO, "235 in", "250 ok", "250 ok", "354 go", "250 canary-id"];
  const { lines, sent } = await mailerTo(...replies);
  await sent;
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: "info",
      service: "platform-api",
      time: expect.any(String),
      event: "mail",
      outcome: "sent",
      response_code: 250,
      msg: "the mail server has taken a mail",
    },
  ]);
  expect(lines.join("")).not.toMatch(/canary/i);
});

const REFUSED = "the mail server has refused the mail with";
const UNTAKEN = "the mail could not be handed to the mail server (EPROTOCOL)";
const DENIED = "535 canary-user, canary-password";
const UNKNOWN = "550 <canary-jane@acme.example>";
it.each([
  ["the greeting", ["554 canary-jane@acme.example is not welcome"], 554, `${REFUSED} 554 (EPROTOCOL)`],
  ["the login", ["220 hi", EHLO, DENIED], 535, `${REFUSED} 535 (EAUTH)`],
  ["the recipient", ["220 hi", EHLO, "235 in", "250 ok", UNKNOWN], 550, `${REFUSED} 550 (EENVELOPE)`],
  ["nonsense", ["canary-jane@acme.example"], null, UNTAKEN],
])("logs a mail that failed by %s, without what the server said", async (_, replies, code, problem) => {
  const { lines, sent } = await mailerTo(...replies);
  const error: unknown = await sent.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(MailFailed);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: "warn",
      service: "platform-api",
      time: expect.any(String),
      event: "mail",
      outcome: "failed",
      response_code: code,
      problem,
      msg: "a mail could not be sent",
    },
  ]);
  expect(lines.join("")).not.toMatch(/canary/i);
});

it("is null where no mail server is configured", () => {
  expect(composeMailer(readServerConfig(VALID), { logger: createLogger("silent") })).toBeNull();
});
