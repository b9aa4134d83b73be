import { once } from "node:events";
import { connect, createServer } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import { startMailbox } from "@platform-api/dev/mailbox";
import {
  type MailOutcome,
  parseSender,
  parseSmtpUrl,
  type SmtpServer,
  smtpMailer,
} from "@platform-api/server/adapters";
import {
  type CanonicalEmail,
  type InvitationMail,
  MailFailed,
  parseEmail,
  parsePersonName,
} from "@platform-api/server/domain";
import { describe, expect, it, onTestFinished } from "vitest";
import { issueLocalCertificate } from "../../../apps/dev/identity-provider/records/certificate.ts";
import { listen } from "../simulator/free-ports.ts";

const HOST = "127.0.0.1";
/** Long enough for a mail on a busy machine. */
const DEADLINE_MS = 5_000;
/** For a server that never answers. */
const SHORT_DEADLINE_MS = 500;
/** By how much a busy machine may be late: a deadline of half a second may end after five times as long. */
const SLACK_MS = 4 * SHORT_DEADLINE_MS;
const FROM = parseSender("Platform <no-reply@platform.example>");
const USER = "canary-user@mail.example";
const PASSWORD = "canary-päss/word";
const CERTIFICATE = issueLocalCertificate(new Date(Date.now() + 86_400_000));

function address(text: string): CanonicalEmail {
  const email = parseEmail(text);
  if (email === null) throw new Error(`${text} is not an address`);
  return email;
}

const MAIL: InvitationMail = {
  to: address("canary-jane@acme.example"),
  organizationName: "Canary & Söhne",
  role: "admin",
  invitedBy: address("canary-olga@acme.example"),
  inviterName: parsePersonName("Canary Olga"),
  isOperators: false,
  expiresAt: "2026-12-03T15:57:40.123Z",
};

async function mailbox(options: Partial<Parameters<typeof startMailbox>[0]> = {}) {
  const running = await startMailbox({ host: HOST, port: 0, smtpPort: 0, ...options });
  onTestFinished(running.close);
  return running;
}

function mailerTo(server: SmtpServer | null, timeoutMs = DEADLINE_MS) {
  if (server === null || FROM === null) throw new Error("the test's configuration is wrong");
  const outcomes: MailOutcome[] = [];
  const onMail = (outcome: MailOutcome) => void outcomes.push(outcome);
  const measured: string[] = [];
  const onUpstream = (...mail: readonly unknown[]) => void measured.push(mail.slice(0, 2).join(" "));
  const site = {
    frontendUrl: "https://app.example",
    brand: { name: "Platform", logoUrl: null, accent: "#4b50c8" },
  };
  const options = { server, from: FROM, ...site, timeoutMs, onMail, onUpstream };
  const mailer = smtpMailer(options);
  return {
    outcomes,
    measured,
    send: (mail: Partial<InvitationMail> = {}, signal = new AbortController().signal) =>
      mailer.sendInvitation({ ...MAIL, ...mail }, signal),
    /** Sends, and expects an error that says nothing secret, before the deadline. */
    async fails(
      mail: Partial<InvitationMail> = {},
      signal = new AbortController().signal,
    ): Promise<MailFailed> {
      const began = performance.now();
      const error: unknown = await mailer
        .sendInvitation({ ...MAIL, ...mail }, signal)
        .catch((caught) => caught);
      expect(performance.now() - began).toBeLessThan(timeoutMs + SLACK_MS);
      if (!(error instanceof MailFailed)) throw new Error(`not a MailFailed: ${inspect(error)}`);
      expect(error.message).not.toMatch(/canary|@/);
      expect(error.cause).toBeDefined();
      expect(outcomes.at(-1)).toEqual({
        outcome: "failed",
        responseCode: error.responseCode,
        failure: error,
      });
      expect(measured.at(-1)).toBe("send failed");
      return error;
    },
  };
}

/** Without TLS. */
const plainly = (port: number): SmtpServer => ({ host: HOST, port, tls: "none", credentials: null });

/** Header name, in lower case, to value, with folded lines joined. */
function headersOf(source: string): Map<string, string> {
  const [head = ""] = source.split("\r\n\r\n");
  const lines = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
}

describe("a mail that is taken", () => {
  it("has both parts and no other headers than it needs", async () => {
    const box = await mailbox();
    const { send, outcomes, measured } = mailerTo(parseSmtpUrl(`smtp://localhost:${box.smtpPort}`));
    await send();
    expect(outcomes).toEqual([{ outcome: "sent", responseCode: 250, failure: null }]);
    expect(measured).toEqual(["send ok"]);
    const [mail] = box.mails;
    expect(mail).toMatchObject({
      to: MAIL.to,
      from: '"Platform" <no-reply@platform.example>',
      subject: "Canary Olga invited you to Canary & Söhne",
      text: expect.stringContaining("to join “Canary & Söhne” on Platform as an admin."),
      html: expect.stringContaining("to join “Canary &#38; Söhne” on Platform as an admin."),
    });
    const link = "https://app.example/sign-in#email=canary-jane%40acme.example";
    for (const part of [mail?.text, mail?.html]) expect(part).toContain(link);
    const headers = headersOf(mail?.source ?? "");
    expect([...headers.keys()].sort()).toEqual(
      [
        "auto-submitted",
        "content-type",
        "date",
        "from",
        "message-id",
        "mime-version",
        "subject",
        "to",
      ].sort(),
    );
    expect(headers.get("auto-submitted")).toBe("auto-generated");
    expect(headers.get("message-id")).toMatch(/^<[^\s<>]+@platform\.example>$/);
    expect(Math.abs(Date.parse(headers.get("date") ?? "") - Date.now())).toBeLessThan(60_000);
    expect(headers.get("content-type")).toMatch(/^multipart\/alternative;/);
  });

  it.each(["starttls", "implicit"] as const)("goes to a server with a login over %s TLS", async (tls) => {
    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, CERTIFICATE.ca]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    const credentials = { user: USER, password: PASSWORD };
    const box = await mailbox({ tls: { ...CERTIFICATE, isImplicit: tls === "implicit" }, credentials });
    const { send } = mailerTo({ host: "localhost", port: box.smtpPort, tls, credentials });
    await send();
    expect(box.mails).toHaveLength(1);
  });
});

describe("sending a mail", () => {
  it.each([
    [421, 421],
    [451, 451],
    [550, 550],
    [599, 599],
    ["hang", null],
    ["drop", null],
    ["garbage", null],
    ["hang-after-data", null],
    ["drop-after-data", null],
    ["garbage-after-data", null],
  ] as const)("throws MailFailed in time when the server answers %s", async (how, responseCode) => {
    const box = await mailbox();
    box.behave(how);
    const isHanging = typeof how === "string" && how.startsWith("hang");
    const { fails } = mailerTo(plainly(box.smtpPort), isHanging ? SHORT_DEADLINE_MS : DEADLINE_MS);
    const error = await fails();
    expect(error.responseCode).toBe(responseCode);
    expect(box.mails).toEqual([]);
    box.behave("take");
    await mailerTo(plainly(box.smtpPort)).send(); // the failure has broken nothing
    expect(box.mails).toHaveLength(1);
  });

  it("throws MailFailed when the caller stops waiting, also before anything is sent", async () => {
    const box = await mailbox();
    box.behave("hang");
    const { fails } = mailerTo(plainly(box.smtpPort), 60_000);
    const began = performance.now();
    expect((await fails({}, AbortSignal.timeout(100))).message).toBe(
      "the mail server has not taken the mail in time",
    );
    await fails({}, AbortSignal.abort());
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("throws MailFailed when nothing listens", async () => {
    const server = createServer();
    const port = await listen(server);
    await once(server.close(), "close");
    expect(await mailerTo(plainly(port)).fails()).toMatchObject({
      message: "the mail could not be handed to the mail server",
      cause: { code: "ESOCKET" },
    });
  });

  it("throws MailFailed when the login is refused, and the server repeats it", async () => {
    const box = await mailbox({ credentials: { user: USER, password: PASSWORD } });
    const credentials = { user: USER, password: "canary-wrong" };
    const error = await mailerTo({ ...plainly(box.smtpPort), credentials }).fails();
    expect(error.responseCode).toBe(535);
    expect(box.mails).toEqual([]);
  });
});

describe("TLS", () => {
  const off = undefined;
  const tls = (isImplicit: boolean) => ({ ...CERTIFICATE, isImplicit });
  it.each([
    ["a server without STARTTLS", off, "starttls", DEADLINE_MS],
    ["a certificate that nobody trusts, by STARTTLS", tls(false), "starttls", DEADLINE_MS],
    ["a certificate that nobody trusts", tls(true), "implicit", DEADLINE_MS],
    ["a server without TLS", off, "implicit", DEADLINE_MS],
    ["a server that starts TLS where the client does not", tls(true), "starttls", SHORT_DEADLINE_MS],
  ] as const)("refuses %s, and gives it no password", async (_, server, client, deadlineMs) => {
    const seen: string[] = [];
    const credentials = { user: USER, password: PASSWORD };
    const box = await mailbox({ credentials, ...(server && { tls: server }) });
    const proxy = createServer((socket) => {
      const upstream = connect(box.smtpPort, HOST);
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        one.on("error", () => {}).on("close", () => other.destroy());
        one.pipe(other);
      }
      socket.on("data", (chunk) => seen.push(chunk.toString("latin1")));
    });
    onTestFinished(() => void proxy.close());
    const port = await listen(proxy);
    await mailerTo({ host: "localhost", port, tls: client, credentials }, deadlineMs).fails();
    expect(box.mails).toEqual([]);
    expect(seen.join("")).not.toMatch(/AUTH|MAIL FROM/);
  });

  it("refuses a trusted certificate for another name", async () => {
    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, CERTIFICATE.ca]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    const box = await mailbox({ tls: tls(true) });
    const server: SmtpServer = { host: "127.1", port: box.smtpPort, tls: "implicit", credentials: null };
    expect(await mailerTo(server).fails()).toMatchObject({
      cause: { message: expect.stringContaining("does not match") },
    });
    expect(box.mails).toEqual([]);
  });
});

describe("a mail", () => {
  it.each([
    "Acme\r\nBcc: eve@evil.example\r\n\r\nHello",
    "Acme\nBcc: eve@evil.example",
    "Acme\r\n.\r\nMAIL FROM:<eve@evil.example>",
    "\u2028Bcc: eve@evil.example",
  ])("gets no header or recipient from the name %j", async (organizationName) => {
    const box = await mailbox();
    const { send } = mailerTo(plainly(box.smtpPort));
    await send();
    await send({ organizationName });
    const [hostile, plain] = box.mails;
    expect(box.mails).toHaveLength(2);
    expect(hostile?.to).toBe(MAIL.to);
    const [one, other] = [hostile, plain].map((mail) => [...headersOf(mail?.source ?? "").keys()]);
    expect(one).toEqual(other);
  });

  it.each(["=?utf-8?B?RXZpbA==?=", "Söhne =?utf-8?q?Evil?= 東京 😀 & many more of them", "Why=? Ltd"])(
    "T8J: shows the name %j in its subject as it is",
    async (organizationName) => {
      const box = await mailbox();
      await mailerTo(plainly(box.smtpPort)).send({ organizationName });
      const [mail] = box.mails;
      expect(mail?.subject).toBe(`Canary Olga invited you to ${organizationName}`);
      expect(headersOf(mail?.source ?? "").get("subject")).toMatch(
        /^(?:=\?UTF-8\?B\?[A-Za-z\d+/=]{1,60}\?= ?)+$/,
      );
    },
  );

  it.each([
    "jane@acme.example\r\nBcc: eve@evil.example",
    "jane@acme.example>\r\nRCPT TO:<eve@evil.example",
    "jane@acme.example, eve@evil.example",
    "Eve <eve@evil.example>",
    "=?utf-8?q?eve=40evil.example?=@acme.example",
    "Jane@acme.example",
  ])("is not sent to the address %j", async (to) => {
    const box = await mailbox();
    await mailerTo(plainly(box.smtpPort)).fails({ to: to as CanonicalEmail });
    expect(box.mails).toEqual([]);
  });
});
