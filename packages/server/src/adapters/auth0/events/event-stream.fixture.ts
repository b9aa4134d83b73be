import type { UserEvent } from "../../../domain/index.ts";

export const EVENT_AT = "2026-11-30T12:00:00.000Z";

/** The frame of an event about a user, as Auth0 documents it. */
export function frame(offset: string, type: UserEvent["type"], object: object, time = EVENT_AT): string {
  const event = { specversion: "1.0", type: `user.${type}`, id: `evt_${offset}`, time, data: { object } };
  return `event: user.${type}\nid: ${offset}\ndata: ${JSON.stringify({ offset, event })}\n\n`;
}

export function offsetOnly(offset: string): string {
  return `event: offset-only\ndata: ${JSON.stringify({ offset })}\n\n`;
}

export function errorFrame(code: string): string {
  return `event: error\ndata: ${JSON.stringify({ error: { code, message: "…" } })}\n\n`;
}

export const CONNECTED = ":connected\n\nretry: 2000\n\n";
export const HEARTBEAT = ": heartbeat\n\n";
