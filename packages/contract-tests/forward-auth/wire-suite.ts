import { describe, expect, it } from "vitest";
import { userOf } from "./people.ts";
import { identityIn, valuesOf } from "./protected-service.ts";
import { sendRaw } from "./requests.ts";
import { VICTIM } from "./smuggling.ts";
import { INSTALLED, newPath, type World } from "./world.ts";

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

    it("judges the request for a WebSocket, whose Connection header cannot remove the identity", async () => {
      const [admitted, refused] = [newPath(), newPath()];
      const ask = (path: string, header: string) => [
        ...[`GET ${path} HTTP/1.1`, "Host: x", header, "Upgrade: websocket"],
        ...["Connection: Upgrade, X-User-Id", `X-User-Id: ${VICTIM}`],
        ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
      ];
      const reply = await sendRaw(world().portOf(name), from(...ask(admitted, member())), "hello");
      expect(reply).toMatch(/^HTTP\/1\.1 101 [\s\S]*hello came back$/);
      const received = world().service.receivedAt(admitted);
      const userId = await userOf(
        world().stack,
        world().people["a member"].headers[1]?.slice("Bearer ".length) ?? "",
      );
      expect(received && identityIn(received)).toMatchObject({ "x-user-id": [userId] });
      expect(received && valuesOf(received, "connection").join().toLowerCase()).toBe("upgrade");
      const lines = ask(refused, "X-Other: 1").map((line) =>
        line.replace("Upgrade, X-User-Id", "Upgrade, close"),
      );
      expect(await sendRaw(world().portOf(name), from(...lines))).toMatch(/^HTTP\/1\.1 401 /);
      expect(world().service.receivedAt(refused)).toBeUndefined();
    });

    it("takes no identity from trailers", async () => {
      const path = newPath();
      const head = [`POST ${path} HTTP/1.1`, "Host: x", "Connection: close", member(), "Trailer: X-User-Id"];
      const reply = await sendRaw(
        world().portOf(name),
        `${from(...head, "Transfer-Encoding: chunked")}1\r\na\r\n0\r\n${from(`X-User-Id: ${VICTIM}`)}`,
      );
      expect(reply).toMatch(/^HTTP\/1\.1 200 /);
      const received = world().service.receivedAt(path);
      expect(received && identityIn(received)["x-user-id"]).toEqual([expect.not.stringContaining(VICTIM)]);
      // HAProxy 3.0 cannot drop trailers. A service must not read them as headers (RFC 9110 section 6.5.1).
      if (name !== "haproxy") expect(received?.trailers).toEqual([]);
    });
  });
}
