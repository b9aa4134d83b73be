import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./exchange.ts";

/** The server ends a request that takes 10 s to arrive. */
const WRITE_MS = 15_000;
const READ_MS = 6_000;
const BYTE_MS = 250;
const PIPELINED = 20;

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  return socket.on("error", () => {}); // the server may reset it
}

/** The answers in the bytes that the server sent. */
function answerIn(bytes: string): Answer {
  const statuses = [...bytes.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  return { statuses, body: bytes, aborted: false };
}

function received(socket: Socket): Promise<string> {
  let bytes = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    bytes += chunk;
  });
  return new Promise((resolve) => socket.once("close", () => resolve(bytes)));
}

/** Sends the head of a request a byte at a time, until the server hangs up. */
export async function writeSlowly(url: string, address: string): Promise<Answer> {
  const socket = open(url);
  const head = `GET /validate HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\nX-Padding: ${"x".repeat(9_000)}`;
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(head.charAt(sent));
    sent += 1;
  }, BYTE_MS);
  const giveUp = setTimeout(() => socket.destroy(), WRITE_MS);
  const answer = answerIn(await received(socket));
  clearInterval(timer);
  clearTimeout(giveUp);
  return answer;
}

/** Asks for large answers, and reads a little of them at a time. */
export async function readSlowly(url: string, address: string): Promise<Answer> {
  const socket = open(url).pause();
  socket.write(
    `GET /openapi.json HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\n\r\n`.repeat(PIPELINED),
  );
  let bytes = "";
  for (const endMs = performance.now() + READ_MS; performance.now() < endMs && !socket.closed; ) {
    bytes += socket.read(100)?.toString("latin1") ?? "";
    await sleep(BYTE_MS);
  }
  socket.destroy();
  return { ...answerIn(bytes), body: "" }; // the description has examples of identities
}

/** Sends many requests with bad tokens at once on one connection. */
export async function pipeline(url: string, address: string): Promise<Answer> {
  const socket = open(url);
  const request = (connection: string) =>
    `GET /validate HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\nAuthorization: Bearer a.b.c\r\nConnection: ${connection}\r\n\r\n`;
  socket.write(request("keep-alive").repeat(PIPELINED - 1) + request("close"));
  return answerIn(await received(socket));
}
