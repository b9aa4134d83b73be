import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { startMailbox } from "./mailbox.ts";

async function mailbox() {
  const running = await startMailbox({ host: "127.0.0.1", port: 0, smtpPort: 0 });
  onTestFinished(running.close);
  return running;
}

const HTML = [
  "MIME-Version: 1.0",
  'Content-Type: multipart/alternative; boundary="x"',
  "",
  "--x",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "Plain <b>text</b>",
  "--x",
  "Content-Type: text/html; charset=utf-8",
  "",
  "<!DOCTYPE html><p>Rich</p><script>alert(1)</script>",
  "--x--",
];

/** Speaks SMTP by hand. @returns what the server has said */
async function deliver(port: number, subject: string, lines: readonly string[] = ["", "Hello"]) {
  const socket = connect(port, "127.0.0.1");
  const said = text(socket);
  const commands = [
    "EHLO test",
    "MAIL FROM:<olga@acme.example>",
    "RCPT TO:<jane@acme.example>",
    "RCPT TO:<al@b.example>",
    "DATA",
    [`From: Olga <olga@acme.example>`, `Subject: ${subject}`, ...lines, "."].join("\r\n"),
    "QUIT",
  ];
  for (const command of commands) {
    await once(socket, "data");
    socket.write(`${command}\r\n`);
  }
  return said;
}

it("keeps what it receives, newest first, and empties on request", async () => {
  const { url, smtpPort } = await mailbox();
  expect(await (await fetch(`${url}/mails.json`)).json()).toEqual([]);
  expect(await (await fetch(`${url}/newest`)).text()).toBe("none");
  expect(await (await fetch(url)).text()).toContain("No mail has arrived yet.");
  await deliver(smtpPort, "First");
  await deliver(smtpPort, "=?utf-8?q?Zw=C3=B6lf?=", HTML);
  const mails = await (await fetch(`${url}/mails.json`)).json();
  expect(await (await fetch(`${url}/newest`)).text()).toMatch(/^mail-2-\d+$/);
  expect(mails).toEqual([
    {
      id: "2",
      to: "jane@acme.example, al@b.example",
      from: '"Olga" <olga@acme.example>',
      subject: "Zwölf",
      text: expect.stringMatching(/^Plain <b>text<\/b>\n?$/),
      html: expect.stringContaining("<p>Rich</p>"),
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
    expect.objectContaining({ id: "1", subject: "First", text: "Hello\n", html: "" }),
  ]);
  expect((await fetch(`${url}/mails`, { method: "DELETE" })).status).toBe(204);
  expect(await (await fetch(`${url}/mails.json`)).json()).toEqual([]);
});

it("shows a mail as text, and its HTML in a frame that can run nothing", async () => {
  const { url, smtpPort } = await mailbox();
  await deliver(smtpPort, "<script>alert(1)</script>", HTML);
  const page = await fetch(url);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  const shown = await page.text();
  expect(shown.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/refresh.js">']);
  expect(shown).toContain("Plain &#60;b&#62;text&#60;/b&#62;");
  const [, frame = "", sandbox] = /<iframe src="([^"]+)"[^>]* sandbox="([^"]*)"/.exec(shown) ?? [];
  expect(sandbox).toBe("allow-popups allow-popups-to-escape-sandbox");
  const mail = await fetch(`${url}${frame}`);
  expect(mail.headers.get("content-security-policy")).toMatch(
    /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';/,
  );
  expect(await mail.text()).toMatch(/^<!doctype html><base target="_blank"><p>Rich<\/p>/);
  expect((await fetch(`${url}/mails/9/html`)).status).toBe(404);
});

it("keeps the last 200 mails", async () => {
  const { mails, smtpPort } = await mailbox();
  for (let batch = 0; batch < 21; batch += 1)
    await Promise.all(Array.from({ length: 10 }, () => deliver(smtpPort, "One of many")));
  expect(mails).toHaveLength(200);
  expect([mails[0]?.id, mails.at(-1)?.id]).toEqual(["210", "11"]);
});

it("misbehaves on request", async () => {
  const { url, smtpPort, mails } = await mailbox();
  const behave = async (how: unknown) => {
    const body = JSON.stringify(how);
    const headers = { "content-type": "application/json" };
    return (await fetch(`${url}/behaviour`, { method: "PUT", headers, body })).status;
  };
  for (const wrong of ["kindly", 399, 600, 450.5, {}]) expect(await behave(wrong)).toBe(400);
  expect(await behave(451)).toBe(204);
  expect(await deliver(smtpPort, "Refused")).toContain("451 <jane@acme.example> is not taken");
  expect(await behave("garbage")).toBe(204);
  const socket = connect(smtpPort, "127.0.0.1");
  expect(String(await once(socket, "data"))).toContain("this is not SMTP");
  socket.destroy();
  expect(await behave("drop")).toBe(204);
  expect(await text(connect(smtpPort, "127.0.0.1"))).toBe("");
  expect(await behave("take")).toBe(204);
  expect(mails).toEqual([]);
  await deliver(smtpPort, "Taken");
  expect(mails).toHaveLength(1);
});

it("names the port that is in use", async () => {
  const { url, smtpPort } = await mailbox();
  const port = Number(new URL(url).port);
  const options = { host: "127.0.0.1", port: 0, smtpPort: 0 };
  await expect(startMailbox({ ...options, port })).rejects.toThrow(`port ${port} (mailbox) is in use`);
  await expect(startMailbox({ ...options, smtpPort })).rejects.toThrow(
    `port ${smtpPort} (SMTP server of the mailbox) is in use`,
  );
});
