import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { freePorts, listen } from "../simulator/free-ports.ts";
import { type RunningSite, startSite } from "./site.ts";

/** A service on a free port, closed after the test. */
async function service(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server);
}

async function site(...args: Parameters<typeof startSite>): Promise<RunningSite> {
  const running = await startSite(...args);
  onTestFinished(running.stop);
  return running;
}

/** A service in a process of its own, killed after the test. */
async function serviceProcess(): Promise<{ port: number; process: ChildProcess }> {
  const code = `const server = require("http").createServer((_, response) => response.end());
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [printed] = await once(child.stdout, "data");
  return { port: Number(printed), process: child };
}

/** THREATS T8M. */
const REMOVED_MS = 5_000;

/** The site with agentic-backend on this port. */
const backendOn = (port: number) => (shipped: string) =>
  shipped.replace("127.0.0.1:4001", `127.0.0.1:${port}`);

describeWith(["nginx", "openssl"], "deploy/nginx/site.conf", () => {
  it.each(["platformApi", "agenticBackend"] as const)(
    "replaces the request id, appends the client's address, passes no Connection header on: %s",
    async (name) => {
      const seen: IncomingHttpHeaders[] = [];
      const port = await service(({ headers }, response) => {
        seen.push(headers);
        response.end("answered");
      });
      const { ports, log } = await site([port], backendOn(port));
      const headers = {
        "x-request-id": "chosen",
        "x-forwarded-for": "192.0.2.1",
        authorization: "Bearer a.b.c",
      };
      const url = `http://127.0.0.1:${ports[name]}/validate?query=secret`;
      expect(await (await fetch(url, { headers })).text()).toBe("answered");
      const [received] = seen;
      expect(received).toMatchObject({
        host: `127.0.0.1:${ports[name]}`,
        authorization: "Bearer a.b.c",
        "x-forwarded-for": "192.0.2.1, 127.0.0.1",
        "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      expect(received).not.toHaveProperty("connection");
      await expect
        .poll(log)
        .toEqual([
          expect.stringMatching(new RegExp(`"GET /validate" 200 .* ${received?.["x-request-id"]}$`)),
        ]);
    },
  );

  it("asks processes again at once after each has dropped a request, and repeats no change", async () => {
    const seen: (string | undefined)[] = [];
    const dropsOnce = () => {
      let isFirst = true;
      return service(({ method, socket }, response) => {
        seen.push(method);
        if (isFirst) socket.destroy();
        else response.end();
        isFirst = false;
      });
    };
    const { ports } = await site([await dropsOnce(), await dropsOnce()]);
    const url = `http://127.0.0.1:${ports.platformApi}/trpc/org.join`;
    const statuses = [];
    for (const method of ["POST", "GET", "GET"]) statuses.push((await fetch(url, { method })).status);
    expect([statuses, seen]).toEqual([
      [502, 200, 200],
      ["POST", "GET", "GET", "GET"],
    ]);
  });

  it("T8M: stops asking a process that hangs within 5 s, and repeats no change", {
    timeout: 60_000,
  }, async () => {
    const answering = await service((_, response) => response.end());
    const hanging = await serviceProcess();
    const { ports } = await site([hanging.port, answering]);
    const url = `http://127.0.0.1:${ports.platformApi}/trpc/org.join`;
    const callsFor = async (durationMs: number) => {
      const calls: Promise<{ method: string; status: number }>[] = [];
      const call = async (method: string) => ({ method, status: (await fetch(url, { method })).status });
      // In pairs, because nginx takes turns.
      for (const untilMs = performance.now() + durationMs; performance.now() < untilMs; await sleep(50))
        calls.push(call(calls.length % 4 < 2 ? "GET" : "POST"));
      return Promise.all(calls);
    };
    const isLost = ({ status }: { status: number }) => status !== 200;
    expect((await callsFor(500)).filter(isLost)).toEqual([]);
    hanging.process.kill("SIGSTOP");
    const [first, later] = await Promise.all([
      callsFor(REMOVED_MS),
      sleep(REMOVED_MS).then(() => callsFor(REMOVED_MS)),
    ]);
    const lost = first.filter(isLost);
    expect(new Set(lost.map(({ method }) => method))).toEqual(new Set(["POST"]));
    expect(lost.length / first.length).toBeLessThan(1 / 3); // those of 4 s that were sent to it: a quarter
    expect(later.filter(isLost)).toEqual([]);
  });

  it("keeps connections to platform-api open", async () => {
    const connections = new Set<unknown>();
    const port = await service(({ socket }, response) => {
      connections.add(socket);
      response.end();
    });
    const { ports } = await site([port]);
    for (let index = 0; index < 5; index += 1) await fetch(`http://127.0.0.1:${ports.platformApi}/`);
    expect(connections.size).toBe(1);
  });

  it("answers every request while one of two processes is down", async () => {
    const port = await service((request, response) => request.pipe(response));
    const [down = 0] = await freePorts(1);
    const { ports } = await site([down, port]);
    for (let index = 0; index < 20; index += 1) {
      const body = `${index}`;
      const response = await fetch(`http://127.0.0.1:${ports.platformApi}/trpc/org.me`, {
        method: "POST",
        body,
      });
      expect([response.status, await response.text()]).toEqual([200, body]);
    }
  });

  it("gives up on a process that does not answer", { timeout: 40_000 }, async () => {
    const { ports } = await site([await service(() => {})]);
    expect((await fetch(`http://127.0.0.1:${ports.platformApi}/validate`)).status).toBe(504);
  });

  it("passes an answer of any size on", async () => {
    const answer = "a".repeat(3_000_000);
    const { ports } = await site([await service((_, response) => response.end(answer))]);
    const received = await (await fetch(`http://127.0.0.1:${ports.platformApi}/openapi.json`)).text();
    expect(received === answer).toBe(true);
  });

  it("speaks TLS with the lines of docs/deploy.md", async () => {
    const [lines = ""] = readPage("docs/deploy.md").code("nginx");
    let certificate = "";
    const { ports } = await site([9], (shipped, folder) => {
      certificate = join(folder, "cert.pem");
      const key = join(folder, "key.pem");
      const options =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=app.example";
      const files = ["-addext", "subjectAltName=DNS:app.example", "-keyout", key, "-out", certificate];
      execFileSync("/usr/bin/openssl", [...options.split(" "), ...files], { stdio: "pipe" });
      const here = lines
        .replace("listen 443 ssl;", "listen 127.0.0.1:8080 ssl;")
        .replace("listen [::]:443 ssl;\n", "")
        .replace(/\/etc\/letsencrypt\S+fullchain\.pem/, certificate)
        .replace(/\/etc\/letsencrypt\S+privkey\.pem/, key);
      expect(here).not.toMatch(/letsencrypt|443/);
      return shipped.replace("listen 127.0.0.1:8080;", here);
    });
    const options = {
      host: "127.0.0.1",
      port: ports.frontend,
      servername: "app.example",
      ca: readFileSync(certificate),
    };
    const [response] = await once(get(options), "response");
    expect(await text(response)).toBe("the app");
  });
});
