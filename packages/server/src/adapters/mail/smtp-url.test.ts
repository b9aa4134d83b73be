import { expect, it } from "vitest";
import { parseSmtpUrl } from "./smtp-url.ts";

it.each([
  ["smtps://mail.example", { host: "mail.example", port: 465, tls: "implicit", credentials: null }],
  ["smtp://Mail.Example/", { host: "mail.example", port: 587, tls: "starttls", credentials: null }],
  ["smtp://10.0.0.7:25", { host: "10.0.0.7", port: 25, tls: "starttls", credentials: null }],
  ["smtp://[2001:db8::1]:25", { host: "2001:db8::1", port: 25, tls: "starttls", credentials: null }],
  ["smtp://127.0.0.1:4008", { host: "127.0.0.1", port: 4008, tls: "none", credentials: null }],
  ["smtp://[::1]:25", { host: "::1", port: 25, tls: "none", credentials: null }],
  ["smtp://LocalHost:25", { host: "127.0.0.1", port: 25, tls: "none", credentials: null }],
  ["smtps://localhost", { host: "localhost", port: 465, tls: "implicit", credentials: null }],
  ["smtp://127.0.0.1.evil.example", { host: "127.0.0.1.evil.example", port: 587, tls: "starttls" }],
  ["smtp://localhost.evil.example", { host: "localhost.evil.example", port: 587, tls: "starttls" }],
  ["smtp://127.1", { host: "127.1", port: 587, tls: "starttls" }],
  [
    "smtps://m%40il%3Aer:p%2Fa%0Ass@mail.example:2465",
    { host: "mail.example", port: 2465, credentials: { user: "m@il:er", password: "p/a\nss" } },
  ],
])("%s is %j", (text, expected) => {
  expect(parseSmtpUrl(text)).toMatchObject(expected);
});

it.each([
  "",
  "mail.example:25",
  "http://mail.example",
  "smtp:mail.example",
  "smtp://",
  "smtp:///path",
  "smtp://mail.example/path",
  "smtp://mail.example:0",
  "smtp://mail.example:65536",
  "smtp://ma%69l.example",
  "smtp://mail_1.example\\@evil.example",
  "smtps://user@mail.example",
  "smtps://:password@mail.example",
  "smtps://user:%zz@mail.example",
  "smtps://mail.example?tls.rejectUnauthorized=false",
  "smtp://mail.example?ignoreTLS=true",
  "smtp://mail.example/?",
  "smtp://mail.example#",
  "smtps://user:pass?word@mail.example",
])("%s is not taken", (text) => {
  expect(parseSmtpUrl(text)).toBeNull();
});
