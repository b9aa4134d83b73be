import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { describeWith, startProgram } from "../pages/programs.ts";
import { expectShown, runLines } from "../pages/shell.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { newcomer, userOf } from "./people.ts";
import { PROGRAMS } from "./proxies.ts";

const PAGE = readPage("docs/proxies.md");

/** Where the page has the Lua file of a configuration copied to. */
const LUA_OF = {
  "haproxy/haproxy.cfg": "/etc/haproxy/forward-auth.lua",
  "apache/httpd.conf": "/etc/apache2/forward-auth.lua",
};

const stack = stackOfTests();

/** A copy of the repository's `deploy` with these ports, beside the page's service. */
function folderWith(here: (shipped: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), "proxies-page-"));
  chmodSync(folder, 0o755); // the processes of Apache are not root's
  cpSync(join(ROOT, "deploy"), join(folder, "deploy"), { recursive: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, file);
    if (statSync(path).isFile()) writeFileSync(path, here(readFileSync(path, "utf8")));
  }
  writeFileSync(join(folder, "service.py"), here(PAGE.code("python")[0] ?? ""));
  return folder;
}

for (const { name } of PROGRAMS) {
  // nginx and Apache write to folders of the system.
  const isOfRoot = name === "nginx" || name === "apache";
  const needed = [name, "python3", "curl", ...(isOfRoot ? (["root"] as const) : [])] as const;
  describeWith(needed, `docs/proxies.md with ${name}`, () => {
    it("has commands that print what the page says", async () => {
      const [proxyPort = 0, servicePort = 0] = await freePorts(2);
      const token = await newcomer(stack.issuer);
      const moved = (text: string) =>
        text
          .replace(/\$\(\.\/platform token [^)]*\)/, token)
          .replaceAll(":4000", `:${new URL(stack.url).port}`)
          .replaceAll(":8080", `:${proxyPort}`)
          .replaceAll(/\b8081\b/g, `${servicePort}`);
      const folder = folderWith(moved);
      for (const [file, installed] of Object.entries(LUA_OF)) {
        const path = join(folder, "deploy", file);
        const text = readFileSync(path, "utf8").replace(installed, `${dirname(path)}/forward-auth.lua`);
        writeFileSync(path, text);
      }
      const lines = PAGE.code("sh").find((text) => text.includes(`deploy/${name}/`)) ?? "";
      const [service = "", proxy = "", curl = ""] = moved(lines)
        .replace("/run/forward-auth.pid", `${folder}/pid`)
        .split("\n");
      const env = { ...process.env, HOME: folder };
      const start = (line: string, port: number) =>
        startProgram(["bash", "-c", `exec ${line}`], [port], { cwd: folder, env });
      const running = await Promise.all([start(service, servicePort), start(proxy, proxyPort)]);
      try {
        const printed = await runLines(curl, { folder, env });
        expectShown(printed, PAGE.code("json")[0] ?? "");
        expect(JSON.parse(printed)).toMatchObject({ reportsOf: await userOf(stack, token) });
        expect((await fetch(`http://127.0.0.1:${servicePort}/reports`)).status).toBe(401);
      } finally {
        await Promise.all(running.map(({ stop }) => stop()));
        rmSync(folder, { recursive: true });
      }
    });
  });
}

it("docs/proxies.md shows each requirement where the shipped configuration has it", () => {
  for (const { files, name, requirement } of PROGRAMS) {
    const [none, some] = requirement;
    expect(fileText(`deploy/${name}/${files[0]}`)).toContain(none);
    expect(PAGE.text).toContain(some("organizationId=acme&role=admin").trim());
  }
});

it("docs/proxies.md shows the line that each shipped configuration has for WebSockets, as a comment", () => {
  for (const { files, name, webSockets } of PROGRAMS) {
    expect(fileText(`deploy/${name}/${files[0]}`)).toContain(`# ${webSockets}\n`);
    expect(PAGE.text).toContain(`\`${webSockets}\``);
  }
});
