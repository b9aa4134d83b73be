import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { checkGuard } from "./checks.mjs";

const WORKER = `
import { createPlatformClient } from "@platform-api/client";
import { createAuthenticator } from "@platform-api/client/web";
let authenticate;
export default {
  async fetch(request, env) {
    authenticate ??= createAuthenticator({ client: createPlatformClient({ url: env.PLATFORM_API_URL }) });
    const caller = await authenticate(request);
    if (caller instanceof Response) return caller;
    if (new URL(request.url).pathname === "/me") return Response.json({ userId: caller.identity.userId });
    const organization = await caller.requireOrganization();
    return organization instanceof Response ? organization : Response.json({ role: organization.role });
  },
};
`;
const { PLATFORM_API_URL } = process.env;
const stdin = { contents: WORKER, resolveDir: import.meta.dirname };
const conditions = ["workerd", "worker", "browser"];
const { outputFiles } = await build({ stdin, bundle: true, format: "esm", conditions, write: false });
const workers = new Miniflare({
  modules: true,
  script: outputFiles[0].text,
  compatibilityDate: "2026-07-01",
  bindings: { PLATFORM_API_URL },
});
try {
  await checkGuard((path, headers) => workers.dispatchFetch(`http://app.example${path}`, { headers }));
} finally {
  await workers.dispose();
}
