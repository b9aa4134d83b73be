import { Refusal } from "../../../domain/index.ts";
import { type JwksRefresh, JwksSource } from "../jwks-source.ts";
import { body, type JwksServer, startJwksServer } from "./jwks-server.ts";
import { ManualClock, rsaKey } from "./signed-token.ts";

export const ONE = rsaKey("one");
export const TWO = rsaKey("two");
export const FRESH_MS = 300_000;
export const COOLDOWN_MS = 10_000;
export const STALE_MS = 86_400_000;

export const set = (...keys: unknown[]) => body({ keys });

/** A source and its endpoint, which publishes {@link ONE}. */
export class JwksBench {
  readonly clock = new ManualClock();
  readonly refreshes: JwksRefresh[] = [];
  readonly server: JwksServer;
  source: JwksSource;
  random = 0;
  /** Short only in tests of the deadline. */
  deadlineMs = 30_000;

  static async start(): Promise<JwksBench> {
    return new JwksBench(await startJwksServer(set(ONE.jwk)));
  }

  private constructor(server: JwksServer) {
    this.server = server;
    this.source = this.create();
  }

  /** Replaces the source with one that has other options. */
  create(overrides: object = {}): JwksSource {
    this.source?.close();
    const bench = this;
    this.source = new JwksSource({
      url: this.server.url,
      fetch,
      clock: this.clock,
      random: () => this.random,
      freshMs: FRESH_MS,
      cooldownMs: COOLDOWN_MS,
      staleMs: STALE_MS,
      get deadlineMs() {
        return bench.deadlineMs;
      },
      onRefresh: (refresh) => this.refreshes.push(refresh),
      ...overrides,
    });
    return this.source;
  }

  /** The outcome for a token that names this key. */
  async find(kid: string, signal: AbortSignal = new AbortController().signal): Promise<string> {
    try {
      return (await this.source.find(kid, signal)) === null ? "unknown" : "found";
    } catch (error) {
      return error instanceof Refusal ? error.reason : "crash";
    }
  }

  async close(): Promise<void> {
    this.source.close();
    await this.server.close();
  }
}
