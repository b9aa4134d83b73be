import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { fileText, readPage } from "../pages/page.ts";

const IDENTITY = ["x-user-id", "x-organization-id", "x-organization-role", "x-actor-client"];

/** The headers in every spelling that some service reads as the same. */
function spellings(separators: readonly string[]): string[] {
  return IDENTITY.flatMap((name) => {
    const [x, first, second] = name.split("-");
    return separators.flatMap((one) => separators.map((two) => `${x}${one}${first}${two}${second}`));
  });
}

function read<Shape>(file: string, shape: z.ZodType<Shape>): Shape {
  const text = fileText(`deploy/${file}`);
  expect(text).toMatch(/^# NOT RUN by our tests/);
  return shape.parse(parse(text));
}

const exact = z.object({ patterns: z.array(z.object({ exact: z.string() })) });
const namesIn = ({ patterns }: z.infer<typeof exact>) => patterns.map((pattern) => pattern.exact);

describe("the configuration of Traefik", () => {
  const names = z.array(z.string());
  const headers = z.object({ headers: z.object({ customRequestHeaders: z.record(z.string(), z.string()) }) });
  const { routers, middlewares, services } = read(
    "traefik/forward-auth.yml",
    z.object({
      http: z.object({
        routers: z.record(z.string(), z.object({ middlewares: names, service: z.string() })),
        middlewares: z.object({
          unclaimed: headers,
          plain: headers,
          upgrade: headers,
          identified: z.object({
            forwardAuth: z.object({
              address: z.string(),
              authRequestHeaders: names,
              authResponseHeaders: names,
              trustForwardHeader: z.literal(false),
            }),
          }),
        }),
        services: z.record(z.string(), z.unknown()),
      }),
    }),
  ).http;

  it("deletes every spelling of the identity and the Connection header before it asks", () => {
    const deleted = Object.entries(middlewares.unclaimed.headers.customRequestHeaders);
    const empty = deleted.filter(([, value]) => value === "").map(([name]) => name.toLowerCase());
    expect(empty).toEqual(expect.arrayContaining([...spellings(["-", "_", "."]), "x-request-id"]));
    for (const router of Object.values(routers)) {
      expect(router.middlewares).toEqual(["unclaimed", "plain", "identified"]);
      expect(Object.keys(services)).toContain(router.service);
    }
  });

  it("T8F: passes no CONNECT on, and no Upgrade as it is shipped, and otherwise WebSockets alone", () => {
    expect(middlewares.plain.headers.customRequestHeaders).toEqual({ Connection: "", Upgrade: "" });
    const forWebSockets = { Connection: "Upgrade", Upgrade: "websocket" };
    expect(middlewares.upgrade.headers.customRequestHeaders).toEqual(forWebSockets);
    const turnedOn = fileText("deploy/traefik/forward-auth.yml").replaceAll(
      /^( {4})# (?=websocket:| {2}\w+: )/gm,
      "$1",
    );
    const shape = z.object({ http: z.object({ routers: z.record(z.string(), z.unknown()) }) });
    const { service, websocket, ...others } = shape.parse(parse(turnedOn)).http.routers;
    expect(others).toEqual({});
    expect(websocket).toEqual({
      rule: "HeaderRegexp(`Upgrade`, `(?i)^websocket$`) && !Method(`CONNECT`)",
      priority: 1_000,
      entryPoints: ["web"],
      middlewares: ["unclaimed", "upgrade", "identified"],
      service: "service",
    });
    expect(service).toMatchObject({ rule: "PathPrefix(`/`) && !Method(`CONNECT`)", service: "service" });
  });

  it("passes on the credentials alone, and takes the identity from the answer", () => {
    const { address, authRequestHeaders, authResponseHeaders } = middlewares.identified.forwardAuth;
    expect(address).toMatch(/:4000\/forward-auth$/);
    expect(authRequestHeaders).toEqual(["Authorization", "X-User-Token", "Traceparent"]);
    const taken = authResponseHeaders.map((name) => name.toLowerCase());
    expect(taken).toEqual([...IDENTITY, "x-request-id"]);
  });

  it("listens where the static configuration says", () => {
    const shape = z.object({ entryPoints: z.object({ web: z.object({ address: z.string() }) }) });
    expect(read("traefik/traefik.yml", shape).entryPoints.web.address).toBe("127.0.0.1:8080");
  });
});

describe("the configuration of Envoy", () => {
  const filter = z.object({ name: z.string(), typed_config: z.looseObject({ "@type": z.string() }) });
  const manager = z.object({
    common_http_protocol_options: z.object({ headers_with_underscores_action: z.literal("DROP_HEADER") }),
    use_remote_address: z.literal(true),
    preserve_external_request_id: z.literal(false),
    http_filters: z.array(filter),
  });
  const listener = z.object({
    filter_chains: z.tuple([z.object({ filters: z.tuple([z.object({ typed_config: manager })]) })]),
  });
  const { static_resources: resources } = read(
    "envoy/envoy.yaml",
    z.object({
      static_resources: z.object({
        listeners: z.tuple([listener]),
        clusters: z.array(z.object({ name: z.string() })),
      }),
    }),
  );
  const filters = resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters;
  const configOf = (name: string) => filters.find((each) => each.name.endsWith(`.${name}`))?.typed_config;

  it("deletes the identity before it asks, and lets nothing without one through", () => {
    const order = ["header_mutation", "ext_authz", "rbac", "router"];
    expect(filters.map(({ name }) => name)).toEqual(order.map((name) => `envoy.filters.http.${name}`));
    const mutations = z.array(z.object({ remove: z.string() }));
    const { request_mutations } = z
      .object({ mutations: z.object({ request_mutations: mutations }) })
      .parse(configOf("header_mutation")).mutations;
    const removed = request_mutations.map(({ remove }) => remove);
    // Spellings with an underscore are dropped by the connection manager.
    expect(removed).toEqual(expect.arrayContaining(spellings(["-", "."])));
    expect(JSON.stringify(configOf("rbac"))).toContain('"action":"ALLOW"');
  });

  it("T8F: refuses every Upgrade and CONNECT as it is shipped", () => {
    const line = "upgrade_configs: [{ upgrade_type: websocket }]";
    expect(fileText("deploy/envoy/envoy.yaml").match(/.*(?:upgrade_configs|upgrade_type).*/g)).toEqual([
      `                # ${line}`,
    ]);
    expect(readPage("docs/proxies.md").text).toContain(`\`${line}\``);
  });

  it("is closed to everything but a 200 within 4 s", () => {
    const http = z.object({
      server_uri: z.object({ cluster: z.string(), timeout: z.literal("4s") }),
      path_prefix: z.literal("/ext-authz"),
      authorization_response: z.object({ allowed_upstream_headers: exact, allowed_client_headers: exact }),
    });
    const config = z
      .object({
        failure_mode_allow: z.literal(false),
        status_on_error: z.object({ code: z.literal("ServiceUnavailable") }),
        allowed_headers: exact,
        http_service: http,
      })
      .parse(configOf("ext_authz"));
    const { server_uri, authorization_response: answer } = config.http_service;
    expect(resources.clusters.map(({ name }) => name)).toContain(server_uri.cluster);
    expect(namesIn(config.allowed_headers)).toEqual([
      "x-user-token",
      "x-request-id",
      "traceparent",
      "x-forwarded-for",
    ]);
    expect(namesIn(answer.allowed_upstream_headers)).toEqual(IDENTITY);
    expect(namesIn(answer.allowed_client_headers)).toEqual(
      expect.arrayContaining(["www-authenticate", "retry-after"]),
    );
  });
});
