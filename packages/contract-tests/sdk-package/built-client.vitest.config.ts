import { defineConfig } from "vitest/config";

const { CLIENT_DIST: dist = "CLIENT_DIST is not set" } = process.env;

/** The tests of what consumers rely on, against this checkout's server, with the build of a client from anywhere. */
export default defineConfig({
  resolve: { alias: [{ find: /^@platform-api\/client(\/.+)?$/, replacement: `${dist}$1` }] },
  plugins: [
    {
      name: "built-client",
      enforce: "pre",
      resolveId: (id) => (id.startsWith(dist) ? `${id === dist ? `${id}/index` : id}.js` : null),
    },
  ],
  test: {
    root: "packages/contract-tests",
    include: ["sdk/contract.test.ts"],
    testNamePattern: "platform-api: the server",
    globalSetup: "./postgres/one-server.ts",
    testTimeout: 40_000,
    hookTimeout: 60_000,
  },
});
