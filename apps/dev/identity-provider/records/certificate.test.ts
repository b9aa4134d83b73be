import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { CA_FILE } from "../index.ts";
import { dataFolder, runningTenant } from "../running-tenant.fixture.ts";
import { issueLocalCertificate } from "./certificate.ts";

function metadata(issuer: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = `${issuer}.well-known/openid-configuration`;
    request(url, { ca, agent: false }, (response) => resolve(text(response)))
      .on("error", reject)
      .end();
  });
}

test("names the loopback addresses and is signed by its own authority", () => {
  const expiresAt = new Date("2049-01-02T03:04:05Z");
  const { cert, ca, key } = issueLocalCertificate(expiresAt);
  const [server, authority] = [new X509Certificate(cert), new X509Certificate(ca)];
  expect(server.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
  expect(server.validToDate).toEqual(expiresAt);
  expect([server.ca, authority.ca]).toEqual([false, true]);
  expect(server.checkIssued(authority) && server.verify(authority.publicKey)).toBe(true);
  expect(authority.verify(authority.publicKey)).toBe(true);
  expect(key).toContain("PRIVATE KEY");
});

test("https is trusted with the printed file alone, and the certificate survives a restart", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder, isTls: true });
  const ca = await readFile(join(folder, CA_FILE), "utf8");
  for (const issuer of [first.issuer, first.localhostIssuer]) {
    expect(JSON.parse(await metadata(issuer, ca))).toMatchObject({
      issuer,
      token_endpoint: `${issuer}oauth/token`,
    });
    expect(issuer).toMatch(/^https:/);
  }
  await expect(metadata(first.issuer, undefined)).rejects.toThrow("unable to verify the first certificate");
  await first.close();
  await runningTenant({ dataFolder: folder, isTls: true });
  expect(await readFile(join(folder, CA_FILE), "utf8")).toBe(ca);
});
