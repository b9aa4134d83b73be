import { appendFileSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { fileText, ROOT } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { openShell } from "../pages/shell.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { type ApiStandIn, startApiStandIn } from "./api-stand-in.ts";
import { build } from "./manifests.ts";
import { BACKEND_SECRETS, PAGE, SECRETS } from "./page.ts";

/** Needs a cluster in which something runs. */
const NEEDS_PODS = "kubectl -n platform rollout status deployment/platform-api";

const object = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const nameOf = ({ kind, metadata }: z.infer<typeof object>) => `${kind} ${metadata.name}`;

describeWith(["kubectl"], "the commands of docs/deploy-kubernetes.md, in their order,", () => {
  let api: ApiStandIn;
  const folder = folderOfTests("kubernetes-page");
  /** What `kubectl create` would send. Its own format is not JSON, so the stand-in cannot read it. */
  const made: z.infer<typeof object>[] = [];
  const ofKind = (kind: string) => made.filter((each) => each.kind === kind);

  beforeAll(async () => {
    api = await startApiStandIn();
    cpSync(join(ROOT, "deploy/kubernetes"), join(folder, "deploy/kubernetes"), { recursive: true });
    writeFileSync(join(folder, "secret.env"), SECRETS);
    writeFileSync(join(folder, "agentic-backend-secret.env"), BACKEND_SECRETS);
    const shell = openShell({ folder, env: { PATH: process.env.PATH, ...api.env } });
    for (const line of PAGE.commands.filter((each) => each !== NEEDS_PODS)) {
      if (!/ create (secret|job) /.test(line)) await shell.run(line);
      else made.push(object.parse(JSON.parse(await shell.run(`${line} --dry-run=client --output=json`))));
    }
    await shell.close();
  });
  afterAll(() => api?.close());

  it("create every object of the overlay", async () => {
    const { all } = await build("overlays/example");
    const names = (objects: readonly unknown[]) => z.array(object).parse(objects).map(nameOf).sort();
    expect(names(api.created)).toEqual(names(all));
  });

  it("make the Secrets that the pods name", () => {
    expect(ofKind("Secret")).toMatchObject([
      {
        metadata: { name: "platform-api", namespace: "platform" },
        data: { CLJ_PG_WRAPPER_TOKEN: Buffer.from("replace-me").toString("base64") },
      },
      {
        metadata: { name: "agentic-backend", namespace: "platform" },
        data: { PLATFORM_CLIENT_SECRET: Buffer.from("replace-me").toString("base64") },
      },
    ]);
  });

  it("make Jobs of the release, with the role of operators", () => {
    const containers = [{ image: "registry.example/platform-api:0.1.0" }];
    const spec = { template: { spec: { serviceAccountName: "platform-api-operator", containers } } };
    expect(ofKind("Job").length).toBeGreaterThan(0);
    for (const job of ofKind("Job")) expect(job).toMatchObject({ spec });
  });

  it("start the pod of events, with the lines that the page adds to the overlay", async () => {
    const copy = join(folder, "deploy/kubernetes");
    const events = async () => {
      const { deployments } = await build("overlays/production", copy);
      return deployments.find(({ metadata }) => metadata?.name === "events")?.spec?.replicas;
    };
    expect(await events()).toBe(0);
    appendFileSync(join(copy, "overlays/production/kustomization.yaml"), PAGE.code("yaml").join(""));
    expect(await events()).toBe(1);
  });

  it("make a Job of each kind that runs by hand", async () => {
    const { cronJobs } = await build("overlays/example");
    const byHand = cronJobs.filter(({ spec }) => spec?.suspend).map(({ metadata }) => metadata?.name);
    const made = PAGE.commands.flatMap((line) => /--from=cronjob\/(\S+)/.exec(line)?.[1] ?? []);
    expect([...new Set(made)].sort()).toEqual(byHand.sort());
  });
});

it("docs/deploy-kubernetes.md names every file of the overlay", () => {
  const kustomization = fileText("deploy/kubernetes/overlays/example/kustomization.yaml");
  const files = [...kustomization.matchAll(/[\w-]+\.(?:yaml|env|json)/g)].map(([file]) => file);
  for (const name of files) expect(PAGE.text).toContain(`\`${name}\``);
});
