import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { z } from "zod";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { startProgram } from "../pages/programs.ts";
import { freePorts } from "../simulator/free-ports.ts";

const SECONDS = 8;
const READY_MS = 60_000;

/**
 * The shipped rules, seconds in place of minutes: alerts wait for one second, and every window, also that of an hour and
 * the distance to yesterday, has eight. Expressions and thresholds stay as they are.
 */
export function hastened(rules: string): string {
  return rules
    .replaceAll(/\[\d+[mhd]\]/g, `[${SECONDS}s]`)
    .replaceAll(/\boffset \d+[mhd]\b/g, `offset ${SECONDS}s`)
    .replaceAll(/\bfor: \d+[mhd]\b/g, "for: 1s");
}

/** The shipped configuration, which reads these processes every second. */
function configured(shipped: string, targets: readonly string[]): string {
  const target = '"127.0.0.1:9464"';
  if (!shipped.includes(target)) throw new Error(`there is no ${target}`);
  return shipped
    .replace(target, targets.map((address) => `"${address}"`).join(", "))
    .replaceAll(/_interval: 15s/g, "_interval: 1s");
}

export interface Prometheus {
  readonly url: string;
  /** The values of an expression now. */
  query(expr: string): Promise<number[]>;
  /** The alerts that fire now, as `name` or, of one process, `name address`. */
  firing(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Runs what docs/monitor.md says, on another port, with the shipped files as above. */
export async function startPrometheus(targets: readonly string[]): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "monitor-"));
  const shipped = join(folder, "deploy/prometheus");
  cpSync(join(ROOT, "deploy/prometheus"), shipped, { recursive: true });
  const text = (file: string) => fileText(`deploy/prometheus/${file}`);
  writeFileSync(join(shipped, "prometheus.yml"), configured(text("prometheus.yml"), targets));
  writeFileSync(join(shipped, "rules.yml"), hastened(text("rules.yml")));
  const [port = 0] = await freePorts(1);
  const { commands } = readPage("docs/monitor.md");
  const documented = commands.find((line) => line.startsWith("prometheus ")) ?? "false";
  const command = documented.replace(":9090", `:${port}`).replace("/tmp/", `${folder}/`);
  const remove = () => rmSync(folder, { recursive: true });
  const running = await startProgram(["bash", "-c", `exec ${command}`], [port], { cwd: folder }).catch(
    (error) => {
      remove();
      throw error;
    },
  );
  const stop = () => running.stop().finally(remove);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => (await fetch(`${url}/-/ready`)).ok;
  await vi.waitUntil(isReady, { timeout: READY_MS }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop, query: (expr) => query(url, expr), firing: () => firing(url) };
}

const resultShape = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

async function query(url: string, expr: string): Promise<number[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: expr }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return resultShape.parse(await response.json()).data.result.map(({ value: [, value] }) => Number(value));
}

const alertsShape = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        state: z.string(),
        labels: z.object({ alertname: z.string(), instance: z.string().optional() }),
      }),
    ),
  }),
});

async function firing(url: string): Promise<string[]> {
  const { data } = alertsShape.parse(await (await fetch(`${url}/api/v1/alerts`)).json());
  return data.alerts
    .filter(({ state }) => state === "firing")
    .map(({ labels: { alertname, instance } }) => [alertname, instance].filter(Boolean).join(" "));
}
