import { describe, expect, it } from "vitest";
import { userOf } from "./people.ts";
import { identityIn, valuesOf } from "./protected-service.ts";
import { send, sendRaw, tunnelInHttp2 } from "./requests.ts";
import { VICTIM } from "./smuggling.ts";
import { INSTALLED, newPath, type Setting, type World } from "./world.ts";

const HANDSHAKE = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
/** A service that agrees to one of these reads what follows from its client, and not from the proxy. */
const UPGRADES: readonly [protocol: string, lines: readonly string[]][] = [
  ["h2c", ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"]],
  ["another protocol", ["Upgrade: raw/1"]],
  ["TLS", ["Upgrade: TLS/1.0, HTTP/1.1"]],
  ["a WebSocket or another protocol", ["Upgrade: websocket, raw/1", ...HANDSHAKE]],
  ["another protocol or a WebSocket", ["Upgrade: raw/1, WebSocket", ...HANDSHAKE]],
];

/** What no other CONNECT asks for. */
const newAuthority = () => `x${newPath().replaceAll(/\D/g, "")}.example:80`;

/** What HTTP allows beside ordinary requests. */
export function describeTheWire(world: () => World): void {
  describe.each(INSTALLED)("%s, on the wire,", (name) => {
    const from = (...lines: readonly string[]) => `${lines.join("\r\n")}\r\n\r\n`;
    const member = () => `Authorization: ${world().people["a member"].headers[1]}`;

    it("judges every request of a connection", async () => {
      const [first, second] = [newPath(), newPath()];
      const reply = await sendRaw(
        world().portOf(name),
        from(`GET ${first} HTTP/1.1`, "Host: x", member()) +
          from(`GET ${second} HTTP/1.1`, "Host: x", "Connection: close"),
      );
      expect(reply).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 401 /);
      expect(world().service.receivedAt(second)).toBeUndefined();
    });

    it("takes the body of a request that it refuses for no request", async () => {
      const [refused, inBody] = [newPath(), newPath()];
      const body = from(`GET ${inBody} HTTP/1.1`, "Host: x", member());
      const reply = await sendRaw(
        world().portOf(name),
        from(`POST ${refused} HTTP/1.1`, "Host: x", `Content-Length: ${body.length}`) +
          body +
          from("GET / HTTP/1.1", "Host: x", "Connection: close"),
      );
      expect(reply).toMatch(/^HTTP\/1\.1 401 /);
      for (const path of [refused, inBody]) expect(world().service.receivedAt(path)).toBeUndefined();
    });

    it("judges every request of an HTTP/1.0 connection that is kept alive", async () => {
      const [first, second] = [newPath(), newPath()];
      const reply = await sendRaw(
        world().portOf(name),
        from(`GET ${first} HTTP/1.0`, "Host: x", "Connection: keep-alive", member()),
        from(`GET ${second} HTTP/1.0`, "Host: x", `X-User-Id: ${VICTIM}`),
      );
      expect(reply).toMatch(/^HTTP\/1\.[01] 200 /);
      expect(world().service.receivedAt(first)).toBeDefined();
      expect(world().service.receivedAt(second)).toBeUndefined();
    });

    it("judges a request for a whole URL", async () => {
      const [admitted, refused] = [newPath(), newPath()];
      for (const [path, header] of [
        [admitted, member()],
        [refused, "X-Other: 1"],
      ]) {
        const lines = [
          `GET http://other.example${path} HTTP/1.1`,
          "Host: other.example",
          "Connection: close",
        ];
        const reply = await sendRaw(world().portOf(name), from(...lines, header ?? ""));
        expect(reply).toMatch(path === admitted ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 401 /);
      }
      expect(world().service.receivedAt(admitted)).toBeDefined();
      expect(world().service.receivedAt(refused)).toBeUndefined();
    });

    it("passes a path with two slashes at its start on as docs/proxies.md says", async () => {
      const path = newPath();
      const reply = await sendRaw(
        world().portOf(name),
        from(`GET /${path} HTTP/1.1`, "Host: x", "Connection: close", member()),
      );
      expect(reply).toMatch(/^HTTP\/1\.1 200 /);
      expect(world().service.receivedAt(path)?.url).toBe(name === "apache" ? path : `/${path}`);
    });

    it("answers OPTIONS * without a token as docs/proxies.md says", async () => {
      const lines = ["OPTIONS * HTTP/1.1", "Host: x", "Connection: close"];
      const reply = await sendRaw(world().portOf(name), from(...lines));
      const status = { apache: 200, caddy: 200, haproxy: 401, nginx: 400 }[name];
      expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(world().service.receivedAt("*")).toBeUndefined();
    });

    it("judges the request for a WebSocket, whose Connection header cannot remove the identity", async () => {
      const [admitted, refused] = [newPath(), newPath()];
      const ask = (path: string, header: string) => [
        `GET ${path} HTTP/1.1`,
        "Host: x",
        header,
        "Upgrade: WebSocket",
        "Connection: Upgrade, X-User-Id",
        `X-User-Id: ${VICTIM}`,
        ...HANDSHAKE,
      ];
      const port = world().portOf(name, "with WebSockets");
      const reply = await sendRaw(port, from(...ask(admitted, member())), "hello");
      expect(reply).toMatch(/^HTTP\/1\.1 101 [\s\S]*hello came back$/);
      const received = world().service.receivedAt(admitted);
      const userId = await userOf(
        world().stack,
        world().people["a member"].headers[1]?.slice("Bearer ".length) ?? "",
      );
      expect(received && identityIn(received)).toMatchObject({ "x-user-id": [userId] });
      expect(received && valuesOf(received, "connection").join().toLowerCase()).toBe("upgrade");
      expect(received && valuesOf(received, "upgrade")).toEqual([expect.stringMatching(/^websocket$/i)]);
      const [, , ...headers] = ask(refused, "X-Other: 1");
      // Apache keeps this connection open for five seconds.
      const { status } = await send(port, {
        path: refused,
        headers: headers.flatMap((line) => line.split(": ")),
      });
      expect(status).toBe(401);
      expect(world().service.receivedAt(refused)).toBeUndefined();
    });

    /** Asks for another protocol, and then as somebody else for `second`, which the proxy must see. */
    async function upgrade(setting: Setting, lines: readonly string[], status: 200 | 426): Promise<void> {
      const [first, second] = [newPath(), newPath()];
      const connection = "Connection: Upgrade, HTTP2-Settings";
      const reply = await sendRaw(
        world().portOf(name, setting),
        from(`GET ${first} HTTP/1.1`, "Host: x", member(), connection, ...lines),
        from(`GET ${second} HTTP/1.1`, "Host: x", "Connection: close", `X-User-Id: ${VICTIM}`),
      );
      expect(reply).not.toContain("came back"); // what a service says to what it gets after the 101
      expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*HTTP/1.1 401 `));
      expect(world().service.receivedAt(second)).toBeUndefined();
      const received = world().service.receivedAt(first);
      const passed = status === 426 ? ["websocket"] : [];
      expect(received && valuesOf(received, "upgrade")).toEqual(passed);
    }

    it.each(UPGRADES)("T8F: passes no request for %s on", async (_, lines) => {
      await upgrade("open", lines, 200);
      await upgrade("with WebSockets", lines, 200);
    });

    it("T8F: passes no request for a WebSocket on as it is shipped", async () => {
      await upgrade("open", ["Upgrade: websocket", ...HANDSHAKE], 200);
    });

    it("T8F: judges what follows a WebSocket that the service refuses", async () => {
      const handshake = HANDSHAKE.map((line) => line.replace("13", "12"));
      await upgrade("with WebSockets", ["Upgrade: websocket", ...handshake], 426);
    });

    it.each([
      ["in HTTP/1.1", newAuthority, "HTTP/1.1", false],
      ["in HTTP/1.0", newAuthority, "HTTP/1.0", false],
      ["to a path", newPath, "HTTP/1.1", false],
      ["whose body is a request", newAuthority, "HTTP/1.1", true],
      ["to a path, whose body is a request", newPath, "HTTP/1.1", true],
    ])("T8F: opens no tunnel for a CONNECT %s", async (_, newTarget, version, hasBody) => {
      const [target, inBody, next] = [newTarget(), newPath(), newPath()];
      const claimed = `X-User-Id: ${VICTIM}`;
      const body = hasBody ? from(`GET ${inBody} HTTP/1.1`, "Host: x", claimed) : "";
      const length = hasBody ? [`Content-Length: ${body.length}`] : [];
      const reply = await sendRaw(
        world().portOf(name),
        from(`CONNECT ${target} ${version}`, "Host: x.example:80", member(), ...length) + body,
        from(`GET ${next} HTTP/1.1`, "Host: x", "Connection: close", claimed),
      );
      expect(reply).toMatch(/^HTTP\/1\.[01] 40[05] /);
      expect(reply).not.toContain("came back");
      for (const path of [target, inBody, next]) expect(world().service.receivedAt(path)).toBeUndefined();
    });

    it.each<[what: string, setting: Setting, status: number, asked: Record<string, string>]>([
      ["a CONNECT", "open", 405, {}],
      ["a WebSocket", "open", 500, { ":protocol": "websocket", ":scheme": "http", ":path": "/" }],
      ["a protocol", "with WebSockets", 500, { ":protocol": "raw/1", ":scheme": "http", ":path": "/" }],
    ])("T8F: opens no tunnel for %s in HTTP/2", async (_, setting, status, asked) => {
      const [, authorization] = world().people["a member"].headers;
      const [authority, path] = [newAuthority(), newPath()];
      const seen = await tunnelInHttp2(
        world().portOf(name, setting),
        { ...asked, ":authority": authority, authorization },
        from(`GET ${path} HTTP/1.1`, "Host: x", `X-User-Id: ${VICTIM}`),
      );
      // Only HAProxy speaks it without TLS.
      if (name === "haproxy") expect(seen).toEqual([status, expect.not.stringContaining("came back")]);
      else expect(seen).toBeNull();
      for (const at of [authority, path]) expect(world().service.receivedAt(at)).toBeUndefined();
    });

    it.each([
      ["one chunk", "1\r\na\r\n"],
      ["more than a buffer", `10000\r\n${"a".repeat(0x10000)}\r\n`],
      ["no chunk", ""],
    ])("T8Q: takes no identity from trailers after %s", async (_, chunks) => {
      const path = newPath();
      const head = [`POST ${path} HTTP/1.1`, "Host: x", "Connection: close", member(), "Trailer: X-User-Id"];
      const reply = await sendRaw(
        world().portOf(name),
        `${from(...head, "Transfer-Encoding: chunked")}${chunks}0\r\n${from(`X-User-Id: ${VICTIM}`)}`,
      );
      const received = world().service.receivedAt(path);
      if (name === "haproxy") {
        expect(reply).toMatch(/^HTTP\/1\.1 400 /); // it cannot drop them
        expect(received).toBeUndefined();
        return;
      }
      expect(reply).toMatch(/^HTTP\/1\.1 200 /);
      expect(received && identityIn(received)["x-user-id"]).toEqual([expect.not.stringContaining(VICTIM)]);
      expect(received?.trailers).toEqual([]);
    });
  });
}
