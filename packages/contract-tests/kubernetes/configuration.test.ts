import { parseEnv } from "node:util";
import { readConfig } from "@platform-api/agentic-backend";
import { readServerConfig } from "@platform-api/platform-api";
import { expect, it } from "vitest";
import { configSchema } from "../../../apps/frontend/src/app/config/config.ts";
import { SERVER_VARIABLES } from "../../../apps/platform-api/src/config/config.ts";
import { fileText } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { build, podOf, podTemplates, variablesOf } from "./manifests.ts";
import { BACKEND_SECRETS, SECRETS } from "./page.ts";

/** The longest that a process waits for its mails when it stops. */
const SENT_MS = Number(
  /SENT_MS = ([\d_]+)/.exec(fileText("apps/platform-api/src/serve.ts"))?.[1]?.replace("_", ""),
);

describeWith(["kubectl"], "the variables of deploy/kubernetes/overlays/example", async () => {
  const manifests = await build("overlays/example");
  const pods = podTemplates(manifests);
  const secrets = parseEnv(SECRETS);
  const variables = variablesOf(manifests, podOf(manifests, "platform-api").container);
  const config = readServerConfig({ ...variables, ...secrets });
  const ofBackend = variablesOf(manifests, podOf(manifests, "agentic-backend").container);
  const backend = readConfig({ ...ofBackend, ...parseEnv(BACKEND_SECRETS) });
  const frontend = manifests.configMaps.find(({ data }) => data?.["config.json"] !== undefined);
  const app = configSchema.parse(JSON.parse(frontend?.data?.["config.json"] ?? ""));

  it("sets only variables that are read, and no secret in a ConfigMap", () => {
    expect(SERVER_VARIABLES).toEqual(expect.arrayContaining(Object.keys({ ...variables, ...secrets })));
    expect(Object.keys(backend)).toEqual(expect.arrayContaining(Object.keys(ofBackend)));
    const secret = Object.keys({ ...secrets, ...parseEnv(BACKEND_SECRETS) });
    expect(secret.filter((name) => name in variables || name in ofBackend)).toEqual([]);
    expect(Object.keys(variables).filter((name) => /TOKEN|SECRET|SMTP_URL/.test(name))).toEqual([]);
  });

  it("gives every operation what the server has", () => {
    for (const { name, container } of pods.filter(
      ({ labels }) => labels["app.kubernetes.io/component"] === "operation",
    )) {
      expect([name, variablesOf(manifests, container)]).toEqual([name, variables]);
      expect(container.envFrom).toEqual(podOf(manifests, "platform-api").container.envFrom);
    }
  });

  it("listens on every address of a pod", () => {
    expect([
      config.HOST,
      backend.HOST,
      variablesOf(manifests, podOf(manifests, "frontend").container).HOST,
    ]).toEqual(Array(3).fill("0.0.0.0"));
  });

  it("believes the one address that the ingress controller appends", () => {
    expect(config.TRUSTED_PROXY_HOPS).toBe(1);
  });

  it("names the same addresses on both sides", () => {
    const hosts = manifests.ingresses.flatMap(({ spec }) => (spec?.rules ?? []).map(({ host }) => host));
    const origin = `https://${hosts[0]}`;
    expect([config.FRONTEND_URL, ...config.CORS_ORIGINS, ...backend.CORS_ORIGINS]).toEqual(
      Array(3).fill(origin),
    );
    expect([origin, app.platformUrl, app.agenticBackendUrl]).toEqual(hosts.map((host) => `https://${host}`));
    expect(config.AUTH0_ISSUER).toContain(app.issuer);
    expect([config.AUTH0_AUDIENCE, backend.PLATFORM_AUDIENCE]).toEqual([app.audience, app.audience]);
    expect(backend.PLATFORM_TOKEN_URL).toBe(`${app.issuer}oauth/token`);
    expect([...config.SERVICE_CLIENTS.keys()]).toContain(backend.PLATFORM_CLIENT_ID);
    expect(config.AWS_REGION).toBe(backend.AWS_REGION);
    const service = manifests.services.find(
      ({ metadata }) => metadata?.name === new URL(backend.PLATFORM_URL).hostname,
    );
    expect(service?.spec?.ports?.[0]?.port).toBe(Number(new URL(backend.PLATFORM_URL).port));
  });

  it("probes the frontend by its page, which each build has", () => {
    const { startupProbe, livenessProbe, readinessProbe } = podOf(manifests, "frontend").container;
    const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path);
    expect(paths).toEqual(Array(3).fill("/index.html"));
  });

  it("mounts the frontend's configuration where it is read", () => {
    const { pod, container } = podOf(manifests, "frontend");
    const [mount] = container.volumeMounts ?? [];
    expect(variablesOf(manifests, container).CONFIG_FILE).toBe(`${mount?.mountPath}/config.json`);
    expect(pod.volumes).toEqual([{ name: mount?.name, configMap: { name: frontend?.metadata?.name } }]);
  });

  it.each(manifests.deployments.map(({ metadata }) => metadata?.name ?? ""))(
    "ends a pod of %s before Kubernetes kills it",
    (name) => {
      const { pod, container } = podOf(manifests, name);
      const preStopMs = Number(container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000;
      expect(preStopMs).toBe(container.ports === undefined ? 0 : 5_000);
      expect(Number(pod.terminationGracePeriodSeconds) * 1_000).toBeGreaterThan(
        preStopMs + config.SHUTDOWN_DRAIN_MS + SENT_MS,
      );
    },
  );
});
