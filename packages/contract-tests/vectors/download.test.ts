import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Listening, listen } from "../../client/src/test-servers/listening.ts";
import { vectorsDir } from "./config.ts";
import { download, pinnedFiles } from "./download.ts";

const PATH = "jose-cookbook/jws_4_1.rsa_v15_signature.json";
let content = Buffer.alloc(0);
let asked = "";
let server: Listening;
let folder = "";

beforeAll(async () => {
  server = await listen((request, response) => {
    asked = request.url ?? "";
    response.writeHead(content.length > 0 ? 200 : 404).end(content);
  });
  folder = mkdtempSync(join(tmpdir(), "vectors-"));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const pinned = () => {
  const file = pinnedFiles().find(({ path }) => path === PATH);
  if (file === undefined) throw new Error("not pinned");
  return file;
};

it("stores nothing when the content is not the pinned file", async () => {
  content = Buffer.alloc(0);
  await expect(download(pinned(), { folder, base: server.url })).rejects.toThrow(/answered 404$/);
  content = Buffer.from("{}");
  await expect(download(pinned(), { folder, base: server.url })).rejects.toThrow(
    /is not the file that was pinned$/,
  );
  expect(asked).toBe("/ietf-jose/cookbook/13692b68/jws/4_1.rsa_v15_signature.json");
  expect(existsSync(join(folder, PATH))).toBe(false);
});

it.skipIf(!existsSync(join(vectorsDir, PATH)))("stores the pinned file unchanged", async () => {
  content = readFileSync(join(vectorsDir, PATH));
  await download(pinned(), { folder, base: server.url });
  expect(readFileSync(join(folder, PATH))).toEqual(content);
});
