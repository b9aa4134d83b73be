import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { readConfig, serveAgenticBackend } from "@platform-api/agentic-backend";
import { createLogger, readServerConfig, serve } from "@platform-api/platform-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { runCommand, startStack } from "../simulator/stack.ts";
import { build, type Manifests, podOf, variablesOf } from "./manifests.ts";
import { BACKEND_SECRETS, SECRETS } from "./page.ts";

const LOOPBACK = { HOST: "127.0.0.1", PORT: "0" };

/** platform-api and agentic-backend with the variables of their pods, on embedded stores and free ports. */
async function startServices(manifests: Manifests) {
  const variables = (name: string) => variablesOf(manifests, podOf(manifests, name).container);
  const stack = await startStack();
  const secrets = parseEnv(SECRETS);
  const environment = { ...variables("platform-api"), ...secrets, ...stack.environment, ...LOOPBACK };
  const config = readServerConfig({ ...environment, METRICS_PORT: "0" });
  const platform = await serve(config, createLogger("silent"));
  const settings = {
    ...variables("agentic-backend"),
    ...parseEnv(BACKEND_SECRETS),
    ...LOOPBACK,
    LOG_LEVEL: "silent",
  };
  const backend = await serveAgenticBackend(readConfig(settings));
  return {
    urls: { "platform-api": platform.url, "agentic-backend": backend.url },
    metricsUrl: platform.metricsUrl,
    environment,
    stop: async () => {
      await Promise.all([platform.stop(), backend.stop()]);
      await stack.close();
    },
  };
}

describeWith(["kubectl"], "the services, started with the variables of the example,", async () => {
  const manifests = await build("overlays/example");
  const folder = folderOfTests("organizations");
  let services: Awaited<ReturnType<typeof startServices>>;
  beforeAll(async () => {
    services = await startServices(manifests);
  });
  afterAll(() => services?.stop());
  const status = async (url: string) => (await fetch(url)).status;

  it.each(["platform-api", "agentic-backend"] as const)("%s answers every probe", async (name) => {
    const { startupProbe, livenessProbe, readinessProbe } = podOf(manifests, name).container;
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      const path = probe?.httpGet?.path ?? "none";
      await expect.poll(() => status(`${services.urls[name]}${path}`), { message: path }).toBe(200);
    }
    // Only this one says that the process is leaving.
    expect(readinessProbe?.httpGet?.path).toBe("/readyz");
  });

  it("the job organizations-apply creates the organizations of the overlay", async () => {
    const { args = [], volumeMounts: [mount] = [] } = podOf(manifests, "organizations-apply").container;
    for (const [file, text] of Object.entries(organizationsIn(manifests)))
      writeFileSync(join(folder, file), text);
    const mounted = args.map((arg) => arg.replace(mount?.mountPath ?? "none", folder));
    expect(await runCommand(services.environment, mounted)).toMatchObject({
      status: 0,
      output: expect.stringContaining("acme: jane@acme.example invited as owner"),
    });
  });

  it("the pod of events needs the second application of Auth0 beside the variables of the server", async () => {
    const { args = [] } = podOf(manifests, "events").container;
    const without = { ...services.environment, AUTH0_EVENTS_CLIENT_ID: "", AUTH0_EVENTS_CLIENT_SECRET: "" };
    expect(await runCommand(without, args)).toMatchObject({
      status: 1,
      output: expect.stringContaining("AUTH0_EVENTS_CLIENT_ID and AUTH0_EVENTS_CLIENT_SECRET are not set"),
    });
  });

  it("platform-api has its metrics on the port of Prometheus alone", async () => {
    expect(await status(`${services.metricsUrl}/metrics`)).toBe(200);
    expect(await status(`${services.urls["platform-api"]}/metrics`)).toBe(404);
  });
});

/** The files of the ConfigMap that the job mounts. */
function organizationsIn(manifests: Manifests): Readonly<Record<string, string>> {
  const [volume] = podOf(manifests, "organizations-apply").pod.volumes ?? [];
  const found = manifests.configMaps.find(({ metadata }) => metadata?.name === volume?.configMap?.name);
  return found?.data ?? {};
}
