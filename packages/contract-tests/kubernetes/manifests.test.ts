import { expect, it } from "vitest";
import { rowOf } from "../images/page.ts";
import { describeWith } from "../pages/programs.ts";
import { unknownFields } from "./closed-types.ts";
import { build, type Manifests, podOf, podTemplates, selects, validate } from "./manifests.ts";

/** One of each depth, and of each kind of object. */
const MISSPELT = [
  ["automountServiceAccountToken", "automountToken"],
  ["terminationGracePeriodSeconds", "terminationGraceSeconds"],
  ["failureThreshold", "failureTreshold"],
  ["preStop", "prestop"],
  ["readOnlyRootFilesystem", "readOnlyRootFileSystem"],
  ["matchLabelKeys", "matchLabelsKeys"],
  ["averageUtilization", "averageUtilisation"],
  ["unhealthyPodEvictionPolicy", "unhealthyEvictionPolicy"],
  ["ipBlock", "ipBlocks"],
  ["concurrencyPolicy", "concurrency"],
  ["targetPort", "targetport"],
] as const;

/** Names that an overlay or an operator brings, as docs/deploy-kubernetes.md says. */
const BROUGHT = {
  base: ["Secret platform-api", "Secret agentic-backend", "ConfigMap frontend", "ConfigMap organizations"],
  "overlays/example": ["Secret platform-api", "Secret agentic-backend"],
};

/** For how many seconds a probe fails before Kubernetes acts, and how long each attempt may take. */
const PROBES = {
  startupProbe: { failsForSeconds: 60, timeoutSeconds: 1 },
  // It restarts the container, so a short pause does not count.
  livenessProbe: { failsForSeconds: 60, timeoutSeconds: 5 },
  readinessProbe: { failsForSeconds: 10, timeoutSeconds: 2 },
} as const;

for (const folder of ["base", "overlays/example"] as const)
  describeWith(["kubectl"], `deploy/kubernetes/${folder}`, () => suite(folder));

async function suite(folder: keyof typeof BROUGHT): Promise<void> {
  const manifests = await build(folder);
  const pods = podTemplates(manifests);
  const pairs = pods.map((each) => [each.name, each] as const);
  const isServer = (name = "") => podOf(manifests, name).container.ports !== undefined;
  const servers = manifests.deployments.filter(({ metadata }) => isServer(metadata?.name));

  it("contains only what the Kubernetes API takes", async () => {
    expect(manifests.all.length).toBeGreaterThanOrEqual(20);
    for (const object of manifests.all) validate(object);
    expect(await unknownFields(manifests.all)).toEqual([]);
  });

  it.each([
    ["spec", { minReplicas: "three" }],
    ["spec", { template: {} }],
    ["metadata", { labels: { tier: 1 } }],
  ])("the schema refuses a wrong value in %s: %j", (at, wrong) => {
    const [object] =
      at === "spec" ? [...manifests.autoscalers, ...manifests.deployments] : manifests.services;
    expect(() => validate({ ...object, [at]: wrong })).toThrow();
  });

  it("the schema refuses a misspelt field", async () => {
    const planted = MISSPELT.map(([right, wrong]) => {
      const text = manifests.all.map((object) => JSON.stringify(object)).find((each) => each.includes(right));
      return JSON.parse(text?.replace(`"${right}":`, `"${wrong}":`) ?? "");
    });
    const complaints = await unknownFields(planted);
    for (const [, wrong] of MISSPELT)
      expect(complaints).toContainEqual(expect.stringContaining(`"${wrong}"`));
  });

  it.each(pairs)("%s runs without rights", (_, { pod, container }) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it.each(pairs)("%s gets the memory of docs/deploy-images.md, and no CPU limit", (_, { container }) => {
    const memory = `${rowOf(container.name).memoryMb}Mi`;
    expect(container.resources?.limits).toEqual({ memory });
    expect(container.resources?.requests).toEqual({ memory, cpu: expect.anything() });
  });

  it.each(pairs.filter(([name]) => isServer(name)))("%s is probed with patience", (_, { container }) => {
    const { startupProbe, livenessProbe, readinessProbe } = container;
    const probes = Object.entries({ startupProbe, livenessProbe, readinessProbe }).map(([name, probe]) => {
      const failsForSeconds = Number(probe?.periodSeconds) * Number(probe?.failureThreshold);
      return [name, { failsForSeconds, timeoutSeconds: probe?.timeoutSeconds ?? 1 }];
    });
    expect(Object.fromEntries(probes)).toEqual(PROBES);
  });

  it.each(pairs)("%s finds all that it names", (_, { pod, container }) => {
    const named = [
      ...(pod.serviceAccountName === undefined ? [] : [`ServiceAccount ${pod.serviceAccountName}`]),
      ...(container.envFrom ?? []).map(({ configMapRef, secretRef }) =>
        configMapRef === undefined ? `Secret ${secretRef?.name}` : `ConfigMap ${configMapRef.name}`,
      ),
      ...(pod.volumes ?? []).map(({ configMap }) => `ConfigMap ${configMap?.name}`),
    ];
    expect([...namesIn(manifests), ...BROUGHT[folder]]).toEqual(expect.arrayContaining(named));
  });

  it("selects each pod of a server exactly once, and none of an operation", () => {
    const selected = (selector: Readonly<Record<string, string>> = { none: "" }) =>
      pods.filter(({ labels }) => selects(selector, labels)).map(({ name }) => name);
    const { services, deployments, disruptionBudgets } = manifests;
    for (const { metadata, spec } of services) expect(selected(spec?.selector)).toEqual([metadata?.name]);
    for (const { metadata, spec } of deployments)
      expect(selected(spec?.selector.matchLabels)).toEqual([metadata?.name]);
    for (const { metadata, spec } of disruptionBudgets)
      expect(selected(spec?.selector?.matchLabels)).toEqual([metadata?.name]);
    for (const { pod, name } of pods)
      for (const { labelSelector } of pod.topologySpreadConstraints ?? [])
        expect(selected(labelSelector?.matchLabels)).toEqual([name]);
    expect([services.length, disruptionBudgets.length]).toEqual([servers.length, servers.length]);
  });

  it("never has fewer servers than the disruption budget needs, and replaces them one by one", () => {
    const { autoscalers, disruptionBudgets } = manifests;
    for (const { metadata, spec } of servers) {
      const scaler = autoscalers.find(({ spec: of }) => of?.scaleTargetRef.name === metadata?.name)?.spec;
      // An autoscaler and `replicas` would undo each other's number.
      expect([scaler?.minReplicas, spec?.replicas].filter((count) => count !== undefined)).toHaveLength(1);
      const budget = disruptionBudgets.find((each) => each.metadata?.name === metadata?.name)?.spec;
      expect(scaler?.minReplicas ?? spec?.replicas).toBeGreaterThan(Number(budget?.maxUnavailable));
      expect(spec?.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    }
    expect(autoscalers.map(({ spec }) => [spec?.scaleTargetRef.name, spec?.minReplicas])).toEqual([
      ["platform-api", 3],
    ]);
  });

  it("follows the events of Auth0 only where an overlay sets its replicas, and with the rights of operators", () => {
    const others = manifests.deployments.filter((each) => !servers.includes(each));
    expect(others).toMatchObject([{ metadata: { name: "events" }, spec: { replicas: 0 } }]);
    const { pod, container } = podOf(manifests, "events");
    const { pod: operation, container: ofOperation } = podOf(manifests, "organizations-apply");
    expect(pod.serviceAccountName).toBe(operation.serviceAccountName);
    expect(container).toEqual({ ...ofOperation, args: ["events", "follow"], volumeMounts: undefined });
  });

  it("runs only the recheck by itself, and no job twice at once", () => {
    const jobs = manifests.cronJobs.map(({ metadata, spec }) => ({ name: metadata?.name, ...spec }));
    expect(jobs.filter(({ suspend }) => suspend !== true)).toMatchObject([
      { name: "domain-recheck", schedule: "17 3 * * *" },
    ]);
    for (const { concurrencyPolicy } of jobs) expect(concurrencyPolicy).toBe("Forbid");
  });
}

/** As in a reference: kind and name. */
function namesIn({ configMaps, serviceAccounts }: Manifests): string[] {
  return [...configMaps, ...serviceAccounts].map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
}
