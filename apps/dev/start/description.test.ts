import { expect, test } from "vitest";
import { DEFAULTS } from "./config.ts";
import { describe } from "./description.ts";

const JANE = [{ email: "jane@acme.example", shows: "Acme" }];

test("the printed commands omit default ports and folders", () => {
  const lines = describe(DEFAULTS, JANE).split("\n");
  expect(lines).toContain("  TOKEN=$(npx -y pnpm@12 --silent run token jane@acme.example)");
  expect(lines).toContain("  npx -y pnpm@12 --silent dev:platform-api org list");
  expect(lines).toContain("  open http://127.0.0.1:4002 in a browser, as jane@acme.example");
});

test("the printed commands name ports and folders that were moved", () => {
  const moved = {
    ...DEFAULTS,
    PLATFORM_API_PORT: 5_000,
    AGENTIC_BACKEND_PORT: 5_001,
    FRONTEND_PORT: 5_002,
    IDENTITY_PROVIDER_PORT: 5_003,
    DNS_PORT: 5_006,
    MAILBOX_PORT: 5_007,
    DATA_FOLDER: "my data",
  };
  const lines = describe(moved, JANE).split("\n");
  expect(lines).toContain(
    "  TOKEN=$(DATA_FOLDER='my data' npx -y pnpm@12 --silent run token jane@acme.example)",
  );
  expect(lines).toContain("  DATA_FOLDER='my data' npx -y pnpm@12 --silent dev:platform-api org list");
  expect(lines.join("\n")).toContain("http://127.0.0.1:5000/validate");
  expect(lines.join("\n")).toMatch(
    /frontend +http:\/\/127\.0\.0\.1:5002 .*\n +agentic-backend +http:\/\/127\.0\.0\.1:5001 /,
  );
  expect(lines.join("\n")).toMatch(/ DNS server +127\.0\.0\.1:5006 /);
  expect(lines).toContain(
    "To prove a domain, set its record: DATA_FOLDER='my data' npx -y pnpm@12 --silent run dns set <name> <value>",
  );
  expect(lines.join("\n")).toMatch(/ mailbox +http:\/\/127\.0\.0\.1:5007 /);
  expect(lines).toContain("  open http://127.0.0.1:5002 in a browser, as jane@acme.example");
});

test("says what your own app needs, also over https", () => {
  expect(describe(DEFAULTS, JANE)).toContain("Your own app (first set APP_ORIGINS, see docs/your-app.md)\n");
  const APP_ORIGINS = ["http://localhost:5173", "http://localhost:3000"];
  const text = describe(
    { ...DEFAULTS, APP_ORIGINS, IDENTITY_PROVIDER_TLS: true, DATA_FOLDER: "/data" },
    JANE,
  );
  expect(text).toContain("Your own app at http://localhost:5173, http://localhost:3000\n");
  const ca = "/data/identity-provider/ca.pem";
  for (const setting of [
    /domain +https:\/\/localhost:4003 /,
    /audience +https:\/\/platform-api\.example\n/,
    /client id +app-spa /,
    /client id +app-web +web server, client secret app-web-development-secret\n/,
    new RegExp(`certificate +${ca} `),
  ])
    expect(text).toMatch(setting);
  expect(text).toContain(
    `TOKEN=$(NODE_EXTRA_CA_CERTS=${ca} DATA_FOLDER=/data npx -y pnpm@12 --silent run token `,
  );
});
