import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** 127.0.0.1 in the notation of the kernel, least significant byte first. */
export const LOOPBACK = "0100007F";

/** `st` of /proc/net/tcp. */
const LISTEN = "0A";
const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];

interface Listener {
  /** In the notation of the kernel. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** All sockets of this machine that listen. */
export function listeners(): Listener[] {
  const lines = TABLES.filter(existsSync).flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1));
  return lines.flatMap((line) => {
    const [local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/).slice(1);
    const [address = "", port = ""] = local.split(":");
    return state === LISTEN ? { address, port: Number.parseInt(port, 16), inode } : [];
  });
}

/** Whether the process listens on the port. Another one may have taken it meanwhile. */
export function isListener(pid: number, port: number): boolean {
  const folder = `/proc/${pid}/fd`;
  const inodes = listeners().flatMap((each) => (each.port === port ? `socket:[${each.inode}]` : []));
  try {
    return readdirSync(folder).some((file) => inodes.includes(readlinkSync(join(folder, file))));
  } catch {
    return false; // it has ended, or has just closed a file
  }
}
