/** The cookies of one login at one server. It ignores paths and ages, which do not matter in a short login. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** The value of a `Cookie` header. */
  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Stores the cookies of a response. An empty value deletes a cookie. */
  take(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name === undefined) continue;
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }
}
