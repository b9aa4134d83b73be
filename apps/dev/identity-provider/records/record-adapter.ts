import type { Adapter, AdapterPayload } from "oidc-provider";
import { z } from "zod";
import type { RecordStore } from "./record-store.ts";

/** Auth0's "Rotation Overlap Period": a page that is reloaded during a renewal uses the previous token again. */
const ROTATION_OVERLAP_SECONDS = 10;

const payloadSchema = z.custom<AdapterPayload>();

/** One kind of record that oidc-provider keeps between requests: sessions, grants, codes or refresh tokens. */
export function recordAdapter(records: RecordStore, kind: string): Adapter {
  async function find(id: string): Promise<AdapterPayload | undefined> {
    const payload = records.read(kind, id, payloadSchema) ?? undefined;
    if (kind !== "RefreshToken" || typeof payload?.consumed !== "number") return payload;
    const { consumed, ...unconsumed } = payload;
    return Date.now() / 1000 < consumed + ROTATION_OVERLAP_SECONDS ? unconsumed : payload;
  }

  async function upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const expiresAt = expiresIn === undefined ? undefined : Math.floor(Date.now() / 1000) + expiresIn;
    records.write(kind, id, payload, { uid: payload.uid, grantId: payload.grantId, expiresAt });
  }

  return {
    find,
    upsert,
    findByUid: async (uid) => records.readByUid(kind, uid, payloadSchema) ?? undefined,
    /** Only used by the device flow, which is off. */
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = records.read(kind, id, payloadSchema);
      if (payload === null || payload.consumed !== undefined) return; // the first use counts
      const now = Date.now() / 1000;
      const expiresIn = payload.exp === undefined ? undefined : payload.exp - Math.floor(now);
      await upsert(id, { ...payload, consumed: now }, expiresIn); // whole seconds would shorten the overlap
    },
    destroy: async (id) => records.remove(kind, id),
    revokeByGrantId: async (grantId) => records.removeGranted(kind, grantId),
  };
}
