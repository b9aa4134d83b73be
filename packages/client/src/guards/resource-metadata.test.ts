import { describe, expect, it } from "vitest";
import { protectedResourceMetadata } from "./resource-metadata.ts";

const authorizationServers = ["https://tenant.auth0.example/"];
const SUFFIX = "/.well-known/oauth-protected-resource";

describe("protectedResourceMetadata", () => {
  it.each([
    ["https://api.example", "https://api.example", SUFFIX, ""],
    ["https://api.example/", "https://api.example", SUFFIX, ""],
    ["https://api.example/mcp", "https://api.example", `${SUFFIX}/mcp`, ""],
    ["https://api.example/mcp/", "https://api.example", `${SUFFIX}/mcp/`, ""],
    ["https://api.example:8443/a/b?tenant=c", "https://api.example:8443", `${SUFFIX}/a/b`, "?tenant=c"],
    ["https://api.example?tenant=c", "https://api.example", SUFFIX, "?tenant=c"],
    ["http://127.0.0.1:4002/mcp", "http://127.0.0.1:4002", `${SUFFIX}/mcp`, ""],
  ])(
    "puts the document of %s between its host and its path (RFC 9728 §3.1)",
    (resource, origin, path, search) => {
      expect(protectedResourceMetadata({ resource, authorizationServers, scopes: ["runs"] })).toEqual({
        url: `${origin}${path}${search}`,
        path,
        document: {
          resource,
          authorization_servers: authorizationServers,
          scopes_supported: ["runs"],
          bearer_methods_supported: ["header"],
        },
      });
    },
  );

  it.each([
    ["resource", { resource: "http://api.example" }],
    ["resource", { resource: "https://api.example/#part" }],
    ["resource", { resource: "https://user@api.example" }],
    ["resource", { resource: "/mcp" }],
    ["authorizationServers", { authorizationServers: [] }],
    ["authorizationServers", { authorizationServers: ["tenant.auth0.example"] }],
  ])("names a wrong %s: %j", (option, wrong) => {
    const resource = { resource: "https://api.example", authorizationServers, ...wrong };
    expect(() => protectedResourceMetadata(resource)).toThrow(`protectedResourceMetadata: ${option} must be`);
  });
});
