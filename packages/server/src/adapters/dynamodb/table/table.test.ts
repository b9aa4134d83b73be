import { afterEach, describe, expect, it, vi } from "vitest";
import { TABLE_OPTIONS } from "../testing/embedded-store.ts";
import { createDynamoTable } from "./table.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the credentials of the table", () => {
  it.each([
    ["http://127.0.0.1:4005", "local"],
    ["http://localhost:4005", "local"],
    ["http://[::1]:4005", "local"],
    ["https://localhost.example:4005", "from-environment"],
    ["https://127.0.0.1.example", "from-environment"],
    [undefined, "from-environment"],
  ])("signs requests to %s with the access key %s", async (endpoint, accessKeyId) => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "from-environment");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const table = createDynamoTable({ ...TABLE_OPTIONS, table: "platform", endpoint });
    expect(await (await table.client()).config.credentials()).toMatchObject({ accessKeyId });
    table.close();
  });
});
