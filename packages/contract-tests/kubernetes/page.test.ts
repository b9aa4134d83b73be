import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApiStandIn, startApiStandIn } from "./api-stand-in.ts";
import { hasKubectl, itNeedsKubectl, ROOT } from "./kubectl.ts";
import { build } from "./manifests.ts";
import { commandsOf, PAGE, SECRETS } from "./page.ts";

/** What the Jobs run that the page creates. */
const ARGS: Readonly<Record<string, readonly string[]>> = {
  "organizations-apply": ["org", "apply", "/etc/platform/organizations.json"],
};

/** Commands that need a cluster in which something runs. */
const NEEDS_PODS = /^kubectl -n platform rollout status deployment\/platform-api$/;

if (!hasKubectl) describe("the commands of docs/deploy-kubernetes.md", itNeedsKubectl);
else
  describe("the commands of docs/deploy-kubernetes.md", () => {
    let api: ApiStandIn;
    let folder: string;
    beforeAll(async () => {
      api = await startApiStandIn();
      folder = mkdtempSync(join(tmpdir(), "kubernetes-page-"));
      cpSync(join(ROOT, "deploy/kubernetes"), join(folder, "deploy/kubernetes"), { recursive: true });
      writeFileSync(join(folder, "secret.env"), SECRETS);
    });
    afterAll(async () => {
      await api?.close();
      rmSync(folder, { recursive: true });
    });

    async function run(command: string, ...more: string[]): Promise<string> {
      const [file = "", ...args] = [...command.split(" "), ...more];
      const { PATH } = process.env;
      return (await promisify(execFile)(file, args, { cwd: folder, env: { PATH, ...api.env } })).stdout;
    }

    const made = async (command: string) =>
      JSON.parse(await run(command, "--dry-run=client", "--output=json"));
    const [applying, creating] = [/^(cp|kubectl apply) /, / create (secret|job) /];

    it("create every object of the overlay", async () => {
      for (const command of commandsOf(applying)) await run(command);
      const { all } = await build("overlays/example");
      expect(api.created.map(nameOf).sort()).toEqual(all.map(nameOf).sort());
      expect(api.changes.every((change) => change.startsWith("POST "))).toBe(true);
    });

    it("change nothing when they are repeated", async () => {
      const before = api.changes.length;
      for (const command of commandsOf(/^kubectl apply /)) await run(command);
      // kubectl replaces the selector of a disruption budget as a whole, so it always sends it.
      const changes = api.changes
        .slice(before)
        .filter((change) => !change.includes("/poddisruptionbudgets/"));
      expect(changes).toEqual([]);
    });

    it("make the Secret that the pods name", async () => {
      const [command = ""] = commandsOf(/ create secret /);
      expect(await made(command)).toMatchObject({
        kind: "Secret",
        metadata: { name: "platform-api", namespace: "platform" },
        data: { CLJ_PG_WRAPPER_TOKEN: Buffer.from("replace-me").toString("base64") },
      });
    });

    it.each(commandsOf(/ create job /))("make a Job of the release: %s", async (command) => {
      const [, from = ""] = command.split(" --from=cronjob/");
      const args = ARGS[from];
      const container = { args, image: "registry.example/platform-api:0.1.0" };
      expect(await made(command)).toMatchObject({
        kind: "Job",
        spec: {
          template: { spec: { serviceAccountName: "platform-api-operator", containers: [container] } },
        },
      });
    });

    it("create a Job of each kind", () => {
      const kinds = commandsOf(/ create job /).map((command) => command.split("cronjob/")[1]);
      expect([...new Set(kinds)].sort()).toEqual(Object.keys(ARGS));
    });

    it("are all of those on the page", () => {
      const others = commandsOf(/./).filter((command) => !applying.test(command) && !creating.test(command));
      expect(others.filter((command) => !NEEDS_PODS.test(command))).toEqual([]);
    });
  });

it("docs/deploy-kubernetes.md names every job and every file of the overlay", () => {
  const kustomization = readFileSync(
    join(ROOT, "deploy/kubernetes/overlays/example/kustomization.yaml"),
    "utf8",
  );
  const files = [...kustomization.matchAll(/[\w-]+\.(?:yaml|env|json)/g)].map(([file]) => file);
  for (const name of [...files, "domain-recheck", ...Object.keys(ARGS)])
    expect(PAGE).toContain(`\`${name}\``);
});

const named = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

/** Kind and name. */
function nameOf(object: unknown): string {
  const { kind, metadata } = named.parse(object);
  return `${kind} ${metadata.name}`;
}
