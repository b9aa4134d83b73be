import { expect, onTestFinished, test, vi } from "vitest";
import { DEFAULTS } from "./config.ts";
import { describe, describeStandIns } from "./description.ts";

const JANE = [{ email: "jane@acme.example", shows: "Acme" }];

const linesOf = (text: string) => text.trimEnd().split("\n");

test("start ends with commands to try, and last the address to open", () => {
  const lines = linesOf(describe(DEFAULTS, JANE).short);
  expect(lines).toContain("  TOKEN=$(./platform token jane@acme.example)");
  expect(lines).toContain("  ./platform org list");
  expect(lines.at(-1)).toBe("Open http://127.0.0.1:4002 in a browser, and sign in as jane@acme.example.");
  expect(describe(DEFAULTS, JANE).short).toContain(" in .data/about.txt.\n");
});

test("the commands name the one that was called from another folder", () => {
  vi.stubEnv("PLATFORM_API_COMMAND", "/srv/my clone/platform");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { short } = describe({ ...DEFAULTS, DATA_FOLDER: "/srv/my clone/.data" }, JANE);
  expect(linesOf(short)).toContain("  DATA_FOLDER='/srv/my clone/.data' '/srv/my clone/platform' org list");
});

/** The lines of `Starting …`, of its steps and of `ready` with the empty line below it. */
const STEPS = 11;

test.for([DEFAULTS, { ...DEFAULTS, IDENTITY_PROVIDER_TLS: true }])(
  "start prints at most 20 lines",
  (config) => {
    for (const { short } of [describe(config, JANE), describeStandIns(config, JANE)])
      expect(STEPS + linesOf(short).length).toBeLessThanOrEqual(20);
  },
);

test("the printed commands and addresses follow ports and folders that were moved", () => {
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
  const { short, whole } = describe(moved, JANE);
  expect(linesOf(short)).toContain("  TOKEN=$(DATA_FOLDER='my data' ./platform token jane@acme.example)");
  expect(linesOf(short)).toContain("  DATA_FOLDER='my data' ./platform org list");
  for (const text of [
    "http://127.0.0.1:5000/validate",
    "http://127.0.0.1:5007",
    "Open http://127.0.0.1:5002 ",
  ])
    expect(short).toContain(text);
  expect(whole).toMatch(
    /frontend +http:\/\/127\.0\.0\.1:5002 .*\n +agentic-backend +http:\/\/127\.0\.0\.1:5001 /,
  );
  expect(whole).toMatch(/ DNS server +127\.0\.0\.1:5006 /);
  expect(whole).toContain("its record: DATA_FOLDER='my data' ./platform dns set <name> <value>\n");
  expect(whole).toMatch(/ mailbox +http:\/\/127\.0\.0\.1:5007 /);
});

test("says what your own app needs, also over https", () => {
  expect(describe(DEFAULTS, JANE).whole).toContain(
    "Your own app (first set APP_ORIGINS, see docs/your-app.md)\n",
  );
  const APP_ORIGINS = ["http://localhost:5173", "http://localhost:3000"];
  const { short, whole: text } = describe(
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
  expect(short).toContain("First open https://127.0.0.1:4003 in the browser, and accept its certificate.\n");
});
