import { join } from "node:path";
import { reasonOf } from "@platform-api/client";
import { createLogger, readServerConfig, serve } from "@platform-api/platform-api";
import { expect } from "vitest";
import { ROOT } from "../pages/page.ts";
import { FAULTS, STORE_FAULTS } from "../simulator/faults.ts";
import { startUpstreams } from "../simulator/faulty-stack.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { createSigningKey } from "../simulator/issuer.ts";
import { fresh, logins } from "../simulator/people.ts";
import { type Server, whose } from "../simulator/stack.ts";
import { declared, fileOf, type Prepare, signIn, type World } from "./settings.ts";

const OF_THE_PAGES = "http://127.0.0.1:4000";
const KEY_SET = "https://login.platform.example/.well-known/jwks.json";

/** The token of somebody at Acme who has not signed in before. */
const newcomer = ({ stack }: World) => logins(stack).entra(`${fresh("new")}@acme.example`);

/** A process behind fault proxies, which a page calls `http://127.0.0.1:4000`. */
async function behindProxies({ stack }: World, settings = {}) {
  const upstreams = await startUpstreams(stack);
  const { keys, directory, store } = upstreams;
  const close = () => Promise.all([keys, directory, store].map((proxy) => proxy.close()));
  return { ...upstreams, close, process: await upstreams.server(settings) };
}

/** What became of a call. */
const outcome = (server: Server, token: string) =>
  server
    .client(token)
    .auth.validate.query()
    .then(() => "OK", reasonOf);

/** The pages about outages, keys, backups and versions. */
export const OUTAGES: Readonly<Record<string, Prepare>> = {
  "auth0-down.md": async (world) => {
    const { keys, process, close } = await behindProxies(world, {
      JWKS_FRESH_MS: "0",
      JWKS_COOLDOWN_MS: "0",
    });
    const token = await newcomer(world);
    await whose(process, token);
    keys.fault = FAULTS[503];
    await whose(process, token);
    return { here: { [KEY_SET]: `${keys.url}/.well-known/jwks.json`, [OF_THE_PAGES]: process.url }, close };
  },

  "directory-down.md": async (world) => {
    const { directory, process, close } = await behindProxies(world);
    directory.fault = FAULTS.reset;
    await outcome(process, await newcomer(world));
    await world.stack.directory.ensure({ email: "jane@acme.example" });
    const { CLJ_PG_WRAPPER_URL = "" } = world.stack.environment;
    return {
      here: { [OF_THE_PAGES]: process.url, "https://clj-pg-wrapper.internal.example": CLJ_PG_WRAPPER_URL },
      close,
    };
  },

  "dynamodb-throttles.md": async (world) => {
    const { store, process, close } = await behindProxies(world);
    store.fault = STORE_FAULTS.throttle;
    await outcome(process, await newcomer(world));
    return { here: { [OF_THE_PAGES]: process.url }, close };
  },

  "too-many-requests.md": async ({ stack }) => {
    const process = await stack.another({ RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "1" });
    await fetch(`${process.url}/metrics`); // some of it begins with the first look
    await outcome(process, "bad");
    await outcome(process, "bad");
    return { here: { [OF_THE_PAGES]: process.url } };
  },

  "signing-key-leaked.md": async (world) => {
    const { issuer, environment } = world.stack;
    const userId = await signIn(world, "ian", "waad|ian");
    const OLD_TOKEN = await logins(world.stack).entra("ian@acme.example", { subject: "waad|ian" });
    const [port = 0, metricsPort = 0] = await freePorts(2);
    const ports = { PORT: `${port}`, METRICS_PORT: `${metricsPort}` };
    const start = () =>
      serve(readServerConfig({ ...environment, ...ports, SHUTDOWN_DRAIN_MS: "0" }), createLogger("silent"));
    let running = await start();
    const headers = { authorization: `Bearer ${OLD_TOKEN}` };
    expect(await fetch(`${running.url}/validate`, { headers })).toMatchObject({ status: 200 }); // with the old key
    issuer.published = [createSigningKey(issuer.url, "kid-of-the-new-key")];
    return {
      here: {
        [KEY_SET]: `${issuer.url}.well-known/jwks.json`,
        [OF_THE_PAGES]: `http://127.0.0.1:${port}`,
        "http://127.0.0.1:1$port": `http://127.0.0.1:${metricsPort}`,
        "platform-api@4000": `platform-api@${port}`,
        "7c18584b-d06e-4ad2-9ff1-6ef64128fed0": userId,
      },
      env: { OLD_TOKEN },
      systemctl: async ([verb, unit]) => {
        if (verb === "list-units") return `platform-api@${port}.service loaded active running platform-api\n`;
        expect([verb, unit]).toEqual(["restart", `platform-api@${port}.service`]);
        await running.stop();
        running = await start();
        return "";
      },
      close: async () => {
        issuer.published = [issuer.key];
        await running.stop();
      },
    };
  },

  "restore-from-backup.md": async (world) => {
    const { stack } = world;
    const [gus, pam] = [await signIn(world, "gus", "waad|gus"), await signIn(world, "pam", "waad|pam")];
    const since = new Date().toISOString();
    let isRestored = false;
    return {
      here: {
        "2026-11-25T11:59:00Z": since,
        "docs/back-up-and-upgrade.md": join(ROOT, "docs/back-up-and-upgrade.md"),
        "7c18584b-d06e-4ad2-9ff1-6ef64128fed0": pam,
      },
      files: fileOf(declared("hooli")),
      after: async (command, printed) => {
        if (command.startsWith("member list acme --status removed")) expect(printed).toContain(gus);
        if (isRestored || command !== "table verify") return;
        isRestored = true;
        const changes = [
          ["member", "remove", "acme", gus],
          ["identity", "block", pam, "--yes"],
        ];
        for (const change of changes) expect(await stack.cli(...change)).toMatchObject({ status: 0 });
      },
    };
  },
};
