/** The cookies of one login at one server. It ignores their paths and ages: a login is short and goes one way. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** The value of a `Cookie` header. */
  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Takes what a response sets; an empty value takes a cookie away. */
  take(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name === undefined) continue;
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }
}
