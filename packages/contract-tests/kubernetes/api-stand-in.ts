import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { listen } from "../simulator/free-ports.ts";

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** Answers kubectl as the Kubernetes API does for objects that are created and read. It checks and runs nothing. */
export interface ApiStandIn {
  /** For the environment of kubectl. */
  readonly env: Readonly<Record<string, string>>;
  /** All objects that were created. */
  readonly created: readonly unknown[];
  close(): Promise<void>;
}

/** The kinds that it knows: API group with version, kind, plural, and whether objects belong to a namespace. */
const KINDS: readonly (readonly [groupVersion: string, kind: string, plural: string, namespaced: boolean])[] =
  [
    ["v1", "Namespace", "namespaces", false],
    ["v1", "ConfigMap", "configmaps", true],
    ["v1", "Secret", "secrets", true],
    ["v1", "Service", "services", true],
    ["v1", "ServiceAccount", "serviceaccounts", true],
    ["apps/v1", "Deployment", "deployments", true],
    ["autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true],
    ["batch/v1", "CronJob", "cronjobs", true],
    ["batch/v1", "Job", "jobs", true],
    ["networking.k8s.io/v1", "Ingress", "ingresses", true],
    ["networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", true],
    ["policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", true],
  ];
const VERSIONS = [...new Set(KINDS.map(([groupVersion]) => groupVersion))];
const folderOf = (groupVersion: string) => (groupVersion === "v1" ? "/api/v1" : `/apis/${groupVersion}`);

export async function startApiStandIn(): Promise<ApiStandIn> {
  const stored = new Map<string, unknown>();
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    const answer = DISCOVERY.get(path) ?? (await answerObject(request, path).catch(() => undefined));
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? NOT_FOUND));
  });

  async function answerObject(request: IncomingMessage, path: string): Promise<unknown> {
    if (request.method !== "POST") return stored.get(path);
    const created = object.parse(await json(request));
    stored.set(`${path}/${created.metadata.name}`, created);
    return created;
  }

  const port = await listen(server);
  const home = mkdtempSync(join(tmpdir(), "kubectl-"));
  writeFileSync(join(home, "config"), kubeconfig(`http://127.0.0.1:${port}`));
  return {
    env: { HOME: home, KUBECONFIG: join(home, "config") },
    get created() {
      return [...stored.values()];
    },
    close: async () => {
      rmSync(home, { recursive: true });
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

const NOT_FOUND = { apiVersion: "v1", kind: "Status", status: "Failure", reason: "NotFound", code: 404 };

/** What kubectl reads first: which kinds there are, and that the API itself checks the fields of objects. */
const DISCOVERY: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["/api", { kind: "APIVersions", versions: ["v1"] }],
  ["/apis", { kind: "APIGroupList", groups: VERSIONS.flatMap(groupOf) }],
  ["/openapi/v3", { paths: Object.fromEntries(VERSIONS.map(describedAt)) }],
  ...VERSIONS.flatMap((groupVersion): [string, unknown][] => [
    [folderOf(groupVersion), { kind: "APIResourceList", groupVersion, resources: resourcesOf(groupVersion) }],
    [`/openapi/v3${folderOf(groupVersion)}`, { openapi: "3.0.0", paths: patchesOf(groupVersion) }],
  ]),
]);

function groupOf(groupVersion: string): object[] {
  const [name, version] = groupVersion.split("/");
  if (version === undefined) return [];
  const only = { groupVersion, version };
  return [{ name, versions: [only], preferredVersion: only }];
}

function describedAt(groupVersion: string): [string, object] {
  const folder = folderOf(groupVersion);
  return [folder.slice(1), { serverRelativeURL: `/openapi/v3${folder}` }];
}

function resourcesOf(groupVersion: string): object[] {
  return KINDS.filter(([each]) => each === groupVersion).map(([, kind, name, namespaced]) => ({
    name,
    singularName: kind.toLowerCase(),
    kind,
    namespaced,
    verbs: ["create", "get", "patch"],
  }));
}

function patchesOf(groupVersion: string): object {
  const [group, version] = groupVersion === "v1" ? ["", "v1"] : groupVersion.split("/");
  const parameters = [{ name: "fieldValidation", in: "query" }];
  const patches = KINDS.filter(([each]) => each === groupVersion).map(([, kind, plural]) => {
    const patch = { parameters, "x-kubernetes-group-version-kind": { group, version, kind } };
    return [`${folderOf(groupVersion)}/${plural}/{name}`, { patch }];
  });
  return Object.fromEntries(patches);
}

const kubeconfig = (server: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "stand-in",
    clusters: [{ name: "stand-in", cluster: { server } }],
    contexts: [{ name: "stand-in", context: { cluster: "stand-in" } }],
  });
