import type { Adapter, AdapterPayload } from "oidc-provider";
import type { RecordStore } from "./record-store.ts";

/** One kind of record that oidc-provider keeps between requests: sessions, grants, codes or refresh tokens. */
export class RecordAdapter implements Adapter {
  readonly #records: RecordStore;
  readonly #kind: string;

  constructor(records: RecordStore, kind: string) {
    this.#records = records;
    this.#kind = kind;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const expiresAt = expiresIn === undefined ? undefined : Math.floor(Date.now() / 1000) + expiresIn;
    this.#records.write(this.#kind, id, payload, { uid: payload.uid, grantId: payload.grantId, expiresAt });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return payloadOf(this.#records.read(this.#kind, id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return payloadOf(this.#records.readByUid(this.#kind, uid));
  }

  /** Only used by the device flow, which is off. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload === undefined) return;
    const now = Math.floor(Date.now() / 1000);
    await this.upsert(
      id,
      { ...payload, consumed: now },
      payload.exp === undefined ? undefined : payload.exp - now,
    );
  }

  async destroy(id: string): Promise<void> {
    this.#records.remove(this.#kind, id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    this.#records.removeGranted(this.#kind, grantId);
  }
}

function payloadOf(json: string | undefined): AdapterPayload | undefined {
  return json === undefined ? undefined : JSON.parse(json);
}
