import { expect, it } from "vitest";
import { readStoreConfig } from "../../../apps/platform-api/src/config/config.ts";
import { describeWith } from "../pages/programs.ts";
import { build, podTemplates, selects, variablesOf } from "./manifests.ts";
import { PAGE } from "./page.ts";

/** Who may open a connection to what. */
const CONNECTIONS = [
  "ingress-nginx → agentic-backend:4001",
  "ingress-nginx → frontend:4002",
  "ingress-nginx → platform-api:4000",
  "agentic-backend → platform-api:4000",
  "monitoring → platform-api:9464",
];

describeWith(["kubectl"], "the network of deploy/kubernetes/overlays/example", async () => {
  const manifests = await build("overlays/example");
  const pods = podTemplates(manifests);
  const servers = pods.filter(({ container }) => container.ports !== undefined);
  const policyOf = (name: string) =>
    manifests.networkPolicies.find(({ metadata }) => metadata?.name === name)?.spec;
  const portsOf = (name: string) =>
    servers
      .find((server) => server.name === name)
      ?.container.ports?.map(({ containerPort }) => containerPort);

  it("closes every pod in both directions", () => {
    for (const { labels, name } of pods) {
      const policies = manifests.networkPolicies.filter(({ spec }) =>
        selects(spec?.podSelector?.matchLabels ?? {}, labels),
      );
      expect([name, policies.map(({ spec }) => spec?.policyTypes)]).toEqual([name, [["Ingress", "Egress"]]]);
    }
  });

  it("opens these connections", () => {
    const opened = servers.flatMap(({ name }) =>
      (policyOf(name)?.ingress ?? []).flatMap(({ from = [], ports = [] }) =>
        from.flatMap(({ namespaceSelector, podSelector }) =>
          ports.map(({ port }) => {
            const namespace = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
            return `${namespace ?? podSelector?.matchLabels?.["app.kubernetes.io/name"]} → ${name}:${port}`;
          }),
        ),
      ),
    );
    expect(opened.sort()).toEqual([...CONNECTIONS].sort());
  });

  it("has one number for each port: in the variables, the pod, the Service and the policy", () => {
    for (const { name, container } of servers) {
      const service = manifests.services.find(({ metadata }) => metadata?.name === name)?.spec;
      const allowed = policyOf(name)?.ingress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port));
      const ports = portsOf(name);
      expect(service?.ports?.map(({ port }) => port)).toEqual(ports);
      expect(service?.ports?.map(({ targetPort }) => targetPort)).toEqual(
        container.ports?.map((port) => port.name),
      );
      expect(allowed).toEqual(ports);
      const { PORT, METRICS_PORT } = variablesOf(manifests, container);
      expect([PORT, METRICS_PORT].filter((port) => port !== undefined).map(Number)).toEqual(ports);
    }
  });

  it("names the port by which Prometheus finds platform-api, as the page does", () => {
    const [, name] = /`__meta_kubernetes_pod_container_port_name` is `(\w+)`/.exec(PAGE.text) ?? [];
    const found = servers.flatMap((server) =>
      (server.container.ports ?? [])
        .filter((port) => port.name === name)
        .map((port) => `${server.name}:${port.containerPort}`),
    );
    expect(found).toEqual(["platform-api:9464"]);
  });

  it("lets platform-api reach DNS, its own resolvers, HTTPS and mail servers", () => {
    const egress = policyOf("platform-api")?.egress?.map(({ to = [], ports = [] }) => [
      to.map(({ ipBlock, podSelector }) => ipBlock?.cidr ?? podSelector?.matchLabels?.["k8s-app"]),
      ports.map(({ port, protocol }) => `${protocol} ${port}`),
    ]);
    const dns = ["UDP 53", "TCP 53"];
    const { DNS_RESOLVERS } = readStoreConfig({ DYNAMODB_TABLE: "table", AWS_REGION: "eu-central-1" });
    const resolvers = DNS_RESOLVERS.map((address) => `${address}/32`);
    expect(egress).toEqual([
      [["kube-dns"], dns],
      [resolvers, dns],
      [[], ["TCP 443", "TCP 465", "TCP 587"]],
    ]);
  });

  it("leads each host name to the Service of its name", () => {
    const routes = manifests.ingresses.flatMap(({ spec }) =>
      (spec?.rules ?? []).map(({ host, http }) => [host, http?.paths.map(({ backend }) => backend.service)]),
    );
    const to = (name: string) => [{ name, port: { name: "http" } }];
    expect(Object.fromEntries(routes)).toEqual({
      "app.example": to("frontend"),
      "platform-api.example": to("platform-api"),
      "agentic.example": to("agentic-backend"),
    });
    const hosts = manifests.ingresses.flatMap(({ spec }) => spec?.tls?.flatMap((tls) => tls.hosts) ?? []);
    expect(hosts).toEqual(routes.map(([host]) => host));
  });
});
