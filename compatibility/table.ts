import type { Client } from "./clients.ts";

/** A client after it was run. */
export interface Row {
  readonly client: Client;
  readonly versions: string;
  readonly works: boolean;
}

/** What the table shows of the versions of packages: one alone, or each with its name. */
export function versionsOf(packages: readonly string[], versionOf: (name: string) => string): string {
  const [first = "", ...more] = packages;
  return more.length === 0
    ? versionOf(first)
    : packages.map((name) => `${name} ${versionOf(name)}`).join(", ");
}

/** The page `docs/compatibility.md`. It has no dates and no times, so that only a new version or result changes it. */
export function page(rows: readonly Row[]): string {
  const cells = rows.map(
    ({ client, versions, works }) =>
      `| ${client.name} | ${versions} | ${client.does} | ${works ? "works" : "does not work"} |\n`,
  );
  return `# Compatibility

\`npx -y pnpm@12 compatibility\` makes this page: it packs the SDK, starts the stack as \`start\` does, and really runs each client against both, in versions that [package-lock.json](../compatibility/package-lock.json) fixes. It takes under two minutes on two cores, and the first time one more for the installation (1.2 GB). \`--only <client> …\` runs some clients and leaves the page as it is. It needs Chromium, curl and Debian's \`python3-fastapi\`.

| client | version | what is run | result |
|---|---|---|---|
${cells.join("")}
To add a client, add its packages to \`compatibility/package.json\`, a small file to [compatibility/clients](../compatibility/clients) and a row to [clients.ts](../compatibility/clients.ts). The environment of a client has \`PLATFORM_API_URL\`, \`AGENTIC_BACKEND_URL\`, \`ISSUER\`, \`AUDIENCE\`, \`CLIENT_ID\`, \`WEB_CLIENT_ID\`, \`WEB_CLIENT_SECRET\`, \`TOKEN\` (Jane's), \`APP_ORIGIN\` and \`CHROMIUM\`. A client works if it exits with 0 within two minutes.
`;
}
