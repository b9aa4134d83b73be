import { join } from "node:path";
import { readStartConfig, type StartConfig } from "./config.ts";
import { HOST } from "./environment.ts";
import { ACCOUNTS } from "./example.ts";
import { startStack } from "./stack.ts";

const out = (text: string) => process.stdout.write(text);

try {
  const config = readStartConfig();
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
  out("Starting platform-api and everything around it\n");
  const stack = await startStack(config, (step) => out(`${seconds()}  ${step}\n`));
  out(`${seconds()}  ready\n\n${describe(config)}`);

  const asked = new Promise<"asked">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve("asked"));
  });
  const why = await Promise.race([asked, stack.ended]);
  out(why === "asked" ? "\nStopping …\n" : "\nplatform-api has ended by itself; stopping the rest …\n");
  await stack.stop();
  out(`Stopped. What was stored is kept in ${config.DATA_FOLDER}.\n`);
  process.exit(why === "asked" ? 0 : 1);
} catch (error) {
  process.stderr.write(`\ncannot start:\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function describe(config: StartConfig): string {
  const at = (port: number) => `http://${HOST}:${port}`;
  const running = [
    ["platform-api", at(config.PLATFORM_API_PORT), "tRPC under /trpc, REST, /livez, /readyz"],
    ["identity provider", at(config.IDENTITY_PROVIDER_PORT), "stands in for Auth0"],
    ["user directory", at(config.USER_DIRECTORY_PORT), "stands in for clj-pg-wrapper"],
    ["DynamoDB", at(config.DYNAMODB_PORT), "embedded"],
  ];
  const accounts = ACCOUNTS.map(({ email, shows }) => [email, shows]);
  return `${columns(running)}
Sign in as
${columns(accounts)}
Try, in another terminal
  TOKEN=$(npx -y pnpm@12 --silent run token jane@acme.example)
  curl -s -H "Authorization: Bearer $TOKEN" ${at(config.PLATFORM_API_PORT)}/validate
  curl -s -H "Authorization: Bearer $TOKEN" ${at(config.PLATFORM_API_PORT)}/organizations/me

The log of platform-api is ${join(config.DATA_FOLDER, "platform-api.log")}. Ctrl-C ends everything.
`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
