import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { decode, encode, type Packet } from "dns-packet";
import { expect, onTestFinished, test } from "vitest";
import { dnsCommand } from "./dns-command.ts";
import { startDnsServer } from "./dns-server.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

const NAME = "_platform-api.acme.example";
const VALUE = "platform-api-domain=0123456789abcdef0123456789abcdef";
const LOOPBACK = "127.0.0.1";

async function server({ timeout = 10_000 } = {}) {
  const dataFolder = await mkdtemp(join(tmpdir(), "dns-"));
  const running = await startDnsServer({ host: LOOPBACK, port: 0, dataFolder });
  onTestFinished(async () => {
    await running.close();
    await rm(dataFolder, { recursive: true });
  });
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([`${LOOPBACK}:${running.port}`]);
  const run = (...args: string[]) => dnsCommand(args, dataFolder);
  return { ...running, dataFolder, resolver, run };
}

/** Sends bytes by UDP. @returns the response */
async function send(port: number, message: Buffer, withinMs = 10_000) {
  const socket = createSocket("udp4");
  onTestFinished(() => {
    socket.close();
  });
  socket.send(message, port, LOOPBACK);
  const [response]: Buffer[] = await once(socket, "message", { signal: AbortSignal.timeout(withinMs) });
  if (response === undefined) throw new Error("no response");
  return { ...decode(response), bytes: response.length };
}

function query(changes: Partial<Packet> = {}): Buffer {
  return encode({ type: "query", id: 7, questions: [{ type: "TXT", name: NAME }], ...changes });
}

test("a record is answered as soon as it is set, and no longer than until it is removed", async () => {
  const { resolver, run } = await server();
  await expect(resolver.resolveTxt(NAME)).rejects.toMatchObject({ code: "ENOTFOUND" });
  expect(run("set", NAME, VALUE)).toEqual({ exitCode: 0, stdout: `${NAME} TXT "${VALUE}"\n`, stderr: "" });
  expect(await resolver.resolveTxt("_Platform-API.acme.EXAMPLE.")).toEqual([[VALUE]]);
  run("set", NAME, "one", "two", "one");
  expect((await resolver.resolveTxt(NAME)).flat().sort()).toEqual(["one", "two"]);
  expect(run("list").stdout).toBe(`${NAME} TXT "one"\n${NAME} TXT "two"\n`);
  expect(run("remove", `${NAME}.`)).toMatchObject({ exitCode: 0 });
  expect(run("list").stdout).toBe("There are no TXT records.\n");
  await expect(resolver.resolveTxt(NAME)).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("another type, or a name above a record, has no data; other names do not exist", async () => {
  const { resolver, records } = await server();
  records.set(NAME, [VALUE]);
  await expect(resolver.resolve4(NAME)).rejects.toMatchObject({ code: "ENODATA" });
  await expect(resolver.resolveTxt("acme.example")).rejects.toMatchObject({ code: "ENODATA" });
  await expect(resolver.resolveTxt("cme.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("a large answer is truncated by UDP, asked for again by TCP, and joins its chunks", async () => {
  const { resolver, records, port } = await server();
  const values = [1, 2, 3, 4].map((digit) => String(digit).repeat(2_048));
  records.set(NAME, values);
  const truncated = await send(port, query());
  expect(truncated).toMatchObject({ id: 7, flag_tc: true, answers: [] });
  const answers = await resolver.resolveTxt(NAME);
  expect(answers.map((chunks) => chunks.join("")).sort()).toEqual(values);
});

test("two messages in one stream, cut anywhere, get two answers", async () => {
  const { records, port } = await server();
  records.set(NAME, [VALUE]);
  const framed = Buffer.concat([Buffer.from([0, query().length]), query()]);
  const bytes = Buffer.concat([framed, framed]);
  const socket = connect(port, LOOPBACK).setNoDelay();
  onTestFinished(() => {
    socket.destroy();
  });
  let received = 0;
  socket.on("data", ({ length }) => {
    received += length;
  });
  const cuts = [0, 1, 3, bytes.length - 1, bytes.length];
  for (const [index, end] of cuts.slice(1).entries()) {
    socket.write(bytes.subarray(cuts[index], end));
    await setImmediate(); // a write of its own
  }
  const { bytes: one } = await send(port, query());
  await expect.poll(() => received, SOON).toBe(2 * (one + 2));
});

const TWO_QUESTIONS = [1, 2].map(() => ({ type: "TXT", name: NAME }) as const);
test.for<[string, Buffer, string]>([
  ["is not DNS", Buffer.concat([query().subarray(0, 12), Buffer.from([9, 9])]), "FORMERR"],
  ["asks two questions", query({ questions: TWO_QUESTIONS }), "FORMERR"],
  ["is of another class", query({ questions: [{ type: "TXT", name: NAME, class: "CH" }] }), "REFUSED"],
  ["is an update", query({ flags: 5 << 11 }), "NOTIMP"],
])("a message that %s is refused with its rcode", async ([, message, rcode]) => {
  const { port } = await server();
  expect(await send(port, message)).toMatchObject({ id: 7, rcode, answers: [] });
});

test("a response gets no answer", async () => {
  const { port } = await server();
  await expect(send(port, query({ type: "response" }), 300)).rejects.toThrow("aborted");
});

test.for([
  ["servfail", "ESERVFAIL"],
  ["refused", "EREFUSED"],
  ["silent", "ETIMEOUT"],
] as const)("can be told to be %s", async ([how, code]) => {
  const { resolver, records, behave } = await server(how === "silent" ? { timeout: 1_000 } : {});
  records.set(NAME, [VALUE]);
  behave(how);
  await expect(resolver.resolveTxt(NAME)).rejects.toMatchObject({ code });
  behave("answer");
  expect(await resolver.resolveTxt(NAME)).toEqual([[VALUE]]);
});

test("a broken file fails queries, and commands say how to repair it", async () => {
  const { resolver, dataFolder, run } = await server();
  await writeFile(join(dataFolder, "dns.json"), '{"a.example": "no list"}');
  await expect(resolver.resolveTxt(NAME)).rejects.toMatchObject({ code: "ESERVFAIL" });
  expect(run("set", NAME, VALUE)).toMatchObject({
    exitCode: 1,
    stderr: `${join(dataFolder, "dns.json")} does not hold { "name": ["value"] }: repair or delete it\n`,
  });
});

test.for<[string[], 1 | 2, string]>([
  [["set", NAME], 2, "A name and a value are needed"],
  [["remove"], 2, "One name is needed"],
  [["list", NAME], 2, "list takes no name"],
  [["add", NAME, VALUE], 2, "There is no command add"],
  [[], 2, "set, remove or list is needed"],
  [["list", "--all"], 2, "Unknown option '--all'"],
  [["set", "https://acme.example", VALUE], 1, '"https://acme.example" is not a DNS name'],
  [["set", `${"a".repeat(64)}.example`, VALUE], 1, "is not a DNS name"],
  [["set", "a..example", VALUE], 1, "is not a DNS name"],
  [["set", NAME, ""], 1, "A value must have 1 to 2048 bytes, and this one has 0"],
  [["set", NAME, "x".repeat(2_049)], 1, "and this one has 2049"],
  [["remove", "none.example"], 1, "There is no TXT record none.example"],
])("./platform dns %j exits with %i", async ([args, exitCode, problem]) => {
  const { run } = await server();
  const outcome = run(...args);
  expect(outcome).toMatchObject({ exitCode, stdout: "" });
  expect(outcome.stderr).toContain(problem);
  expect(run("list").stdout).toBe("There are no TXT records.\n");
});

test("a port that is busy for UDP or TCP alone is named", async () => {
  const dataFolder = tmpdir();
  const tcp = createServer().listen(0, LOOPBACK);
  const udp = createSocket("udp4");
  udp.bind(0, LOOPBACK);
  onTestFinished(() => {
    tcp.close();
    udp.close();
  });
  await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
  const tcpAddress = tcp.address();
  const ports = [udp.address().port, typeof tcpAddress === "object" ? (tcpAddress?.port ?? 0) : 0];
  for (const port of ports)
    await expect(startDnsServer({ host: LOOPBACK, port, dataFolder })).rejects.toThrow(
      `port ${port} (DNS server) is in use`,
    );
});
