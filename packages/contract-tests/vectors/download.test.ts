import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { vectorsDir } from "./config.ts";
import { download, pinnedFiles } from "./download.ts";

const PATH = "jose-cookbook/jws_4_1.rsa_v15_signature.json";
let content = Buffer.alloc(0);
let asked = "";
const server = createServer((request, response) => {
  asked = request.url ?? "";
  response.writeHead(content.length > 0 ? 200 : 404).end(content);
});
let base = "";
let folder = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  folder = mkdtempSync(join(tmpdir(), "vectors-"));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const pinned = () => {
  const file = pinnedFiles().find(({ path }) => path === PATH);
  if (file === undefined) throw new Error("not pinned");
  return file;
};

it("stores nothing when the content is not the pinned file", async () => {
  content = Buffer.alloc(0);
  await expect(download(pinned(), { folder, base })).rejects.toThrow(/answered 404$/);
  content = Buffer.from("{}");
  await expect(download(pinned(), { folder, base })).rejects.toThrow(/is not the file that was pinned$/);
  expect(asked).toBe("/ietf-jose/cookbook/13692b68/jws/4_1.rsa_v15_signature.json");
  expect(existsSync(join(folder, PATH))).toBe(false);
});

it.skipIf(!existsSync(join(vectorsDir, PATH)))("stores the pinned file unchanged", async () => {
  content = readFileSync(join(vectorsDir, PATH));
  await download(pinned(), { folder, base });
  expect(readFileSync(join(folder, PATH))).toEqual(content);
});
