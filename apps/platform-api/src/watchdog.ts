import { spawn } from "node:child_process";
import type { Environment } from "./config/config.ts";

const NOTIFY = "/usr/bin/systemd-notify";

/**
 * Tells systemd, if its unit has a `WatchdogSec`, that the event loop still turns. systemd kills and restarts a process that
 * has not said so for that time. Node cannot write to the socket of systemd, so a program of systemd does.
 */
export function startWatchdog({ NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID }: Environment): void {
  const periodMs = Number(WATCHDOG_USEC) / 4_000; // a message may be late, and the next one too
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === `${process.pid}`;
  if (NOTIFY_SOCKET === undefined || !(periodMs > 0) || !isMeant) return;
  const notify = () => {
    const child = spawn(NOTIFY, ["WATCHDOG=1"], {
      env: { NOTIFY_SOCKET },
      stdio: "ignore",
      timeout: periodMs,
    });
    child.on("error", () => {}).unref(); // systemd acts on the silence
  };
  notify();
  setInterval(notify, periodMs).unref();
}
