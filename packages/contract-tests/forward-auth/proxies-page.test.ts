import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePorts } from "../platform/free-ports.ts";
import { ORGANIZATIONS } from "../platform/people.ts";
import { type Stack, startStack } from "../platform/stack.ts";
import { isCi } from "../postgres/config.ts";
import { newcomer, userOf } from "./people.ts";
import { isInstalled, PROGRAMS, untilListening } from "./proxies.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/proxies.md"), "utf8");
const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) => text);

const hasPrograms =
  spawnSync("python3", ["--version"]).status === 0 && spawnSync("curl", ["-V"]).status === 0;
/** nginx writes to folders of the system. */
const isRoot = process.getuid?.() === 0;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
});
afterAll(() => stack.close());

/** A copy of the repository's `deploy` with these ports, beside the page's service. */
async function folderWith(text: (shipped: string) => string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "proxies-page-"));
  cpSync(join(ROOT, "deploy"), join(folder, "deploy"), { recursive: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, file);
    if (statSync(path).isFile()) writeFileSync(path, text(readFileSync(path, "utf8")));
  }
  writeFileSync(join(folder, "service.py"), text(blocks("python")[0] ?? ""));
  return folder;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, "exit");
}

for (const program of PROGRAMS) {
  const { name } = program;
  it.skipIf(!isCi && !(isInstalled(program) && hasPrograms && (isRoot || name !== "nginx")))(
    `docs/proxies.md: the commands for ${name} print what the page says`,
    async () => {
      const [proxyPort = 0, servicePort = 0] = await freePorts(2);
      const token = await newcomer(stack.issuer);
      let folder = "";
      const moved = (text: string) =>
        text
          .replace(/\$\(npx [^)]*\)/, token)
          .replaceAll(":4000", `:${new URL(stack.url).port}`)
          .replaceAll(":8080", `:${proxyPort}`)
          .replaceAll(/\b8081\b/g, `${servicePort}`);
      folder = await folderWith(moved);
      const lua = join(folder, "deploy/haproxy/haproxy.cfg");
      writeFileSync(lua, readFileSync(lua, "utf8").replace("/etc/haproxy/", `${folder}/deploy/haproxy/`));
      const commands = blocks("sh").find((text) => text.includes(`deploy/${name}/`)) ?? "";
      const [service = "", proxy = "", curl = ""] = moved(commands)
        .replace("/run/forward-auth.pid", `${folder}/pid`)
        .split("\n");
      const env = { ...process.env, HOME: folder };
      const run = (line: string) => spawn("bash", ["-c", `exec ${line}`], { cwd: folder, env });
      const children = [run(service), run(proxy)];
      try {
        for (const [index, port] of [servicePort, proxyPort].entries()) {
          const child = children[index];
          if (child !== undefined) await untilListening(port, child);
        }
        const { stdout } = await promisify(execFile)("bash", ["-c", curl], { cwd: folder, env });
        const [documented = ""] = blocks("json");
        const userId = await userOf(stack, token);
        expect(JSON.parse(stdout)).toEqual({ ...JSON.parse(documented), reportsOf: userId });
        const direct = await fetch(`http://127.0.0.1:${servicePort}/reports`);
        expect(direct.status).toBe(401);
      } finally {
        await Promise.all(children.map(stop));
        rmSync(folder, { recursive: true });
      }
    },
  );
}

it("docs/proxies.md shows each requirement where the shipped configuration has it", () => {
  for (const { files, name, requirement } of PROGRAMS) {
    const [none, some] = requirement;
    expect(readFileSync(join(ROOT, "deploy", name, files[0]), "utf8")).toContain(none);
    expect(PAGE).toContain(some("organizationId=acme&role=admin").trim());
  }
});
