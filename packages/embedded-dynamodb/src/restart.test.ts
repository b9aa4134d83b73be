import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmbeddedDynamodb } from "./embedded-dynamodb.ts";
import { oracle } from "./testing/config.ts";
import { freshKey, startTwoTables } from "./testing/two-tables.ts";

let path: string;
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "embedded-dynamodb-"));
});
afterAll(() => rm(path, { recursive: true }));

describe.skipIf(oracle)("a store on disk", () => {
  it("has what was stored, after a restart", async () => {
    const key = freshKey();
    const first = await startTwoTables({ path: join(path, "restart") });
    expect(await first.transact([{ Put: { TableName: "second", Item: key } }])).toMatchObject({
      status: 200,
    });
    await first.close();
    const second = await startTwoTables({ path: join(path, "restart") });
    expect((await second.everything())["items of second"]).toEqual([key]);
    await second.close();
  });

  // The moment of the kill is random. Writes that are not one batch fail three of five times.
  it.each([1, 2, 3])(
    "has each transaction whole or not at all, after its process was killed: %i",
    async () => {
      const folder = join(path, "killed");
      const script = fileURLToPath(new URL("testing/write-until-killed.ts", import.meta.url));
      const writer = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
      let made = 0;
      for await (const line of createInterface({ input: writer.stdout })) {
        made = Number(line);
        // At any moment: right after a line it would always be between two transactions.
        if (made === 10) setTimeout(() => writer.kill("SIGKILL"), 30 * Math.random());
      }
      if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
      expect([writer.signalCode, made]).toEqual(["SIGKILL", expect.toSatisfy((n) => n >= 10)]);
      const store = await startTwoTables({ path: folder });
      const all = await store.everything();
      await store.close();
      const numbers = Object.values(all).map((items) => items.map(({ n }) => Number((n as { N: string }).N)));
      const last = numbers[0]?.[0] ?? 0;
      expect(last).toBeGreaterThanOrEqual(made);
      expect(numbers).toEqual(Array(4).fill(Array(50).fill(last)));
    },
  );

  it("closes its store also if it never listened", async () => {
    for (let times = 0; times < 2; times += 1) {
      const server = await createEmbeddedDynamodb({ path: join(path, "unheard") });
      await new Promise<void>((resolve, reject) =>
        server.close((error) => (error ? reject(error) : resolve())),
      );
    }
  });
});
