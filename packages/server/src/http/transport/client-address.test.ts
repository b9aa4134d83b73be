import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { clientAddress } from "./client-address.ts";

const PROXY = "10.0.0.1";

function addressOf(remoteAddress: string | undefined, forwarded: string | undefined, hops: number): string {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers["x-forwarded-for"] = forwarded;
  return clientAddress(request, hops);
}

it.each<[hops: number, forwarded: string | undefined, address: string]>([
  [0, "203.0.113.7", PROXY],
  [1, undefined, PROXY],
  [1, "", PROXY],
  [1, "203.0.113.7", "203.0.113.7"],
  [1, "198.51.100.1, 203.0.113.7", "203.0.113.7"], // what a client wrote stands before what the proxy appended
  [1, "198.51.100.1,203.0.113.7 ", "203.0.113.7"],
  [2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"],
  [2, "10.0.0.2", PROXY], // fewer addresses than hops: the request did not come through all proxies
  [1, "203.0.113.7, junk", PROXY],
  [1, "203.0.113.7, unknown", PROXY],
  [1, "203.0.113.7:1234", PROXY],
  [1, "203.0.113.7, ", PROXY],
  [1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
])("with %d trusted hops, %j is %j", (hops, forwarded, address) => {
  expect(addressOf(PROXY, forwarded, hops)).toBe(address);
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:201", "192.0.2.1"],
  ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
  ["::1", "0:0:0:0::/64"],
  ["::192.0.2.1", "0:0:0:0::/64"],
  ["2001:DB8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8:0:0::/64"],
  ["2001:db8:0:1::", "2001:db8:0:1::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["1:2:3:4:5:ffff:7:8", "1:2:3:4::/64"],
  [undefined, ""], // the client has hung up
])("a client at %s counts as %s", (remoteAddress, address) => {
  expect(addressOf(remoteAddress, undefined, 0)).toBe(address);
});
