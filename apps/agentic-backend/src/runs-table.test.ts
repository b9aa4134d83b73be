import { afterEach, expect, it, vi } from "vitest";
import { connect } from "./runs-table.ts";
import { configFor } from "./testing/backend.ts";

afterEach(() => void vi.unstubAllEnvs());

it.each([
  "http://127.0.0.1:4005",
  "HTTP://[::1]:4005",
  "http://dynamodb:8000",
  "http://localhost.evil.example",
])("signs requests without TLS to %s with placeholder credentials", async (DYNAMODB_ENDPOINT) => {
  const client = connect(configFor(DYNAMODB_ENDPOINT));
  expect(await client.config.credentials()).toMatchObject({ accessKeyId: "local" });
});

it.each(["https://dynamodb.example", "https://localhost:4005"])(
  "signs requests to %s with real credentials",
  async (DYNAMODB_ENDPOINT) => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "from-environment");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "s3cret");
    const client = connect(configFor(DYNAMODB_ENDPOINT));
    expect(await client.config.credentials()).toMatchObject({ accessKeyId: "from-environment" });
  },
);
