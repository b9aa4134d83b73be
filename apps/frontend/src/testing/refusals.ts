import { createPlatformClient } from "@platform-api/client";

/** What a refusal says besides its reason. */
interface Details {
  readonly message?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How platform-api refuses a call. */
export function refusal(
  reason: string,
  { message = "", status = 409, headers = {} }: Details = {},
): Response {
  const data = { code: "CONFLICT", httpStatus: status, reason };
  return Response.json({ error: { code: -32_000, message, data } }, { status, headers });
}

/** The error of a call with this answer. Without one the connection is reset. */
export function errorOf(answer: Response | null): Promise<Error> {
  const fetch = async () => answer ?? Promise.reject(new TypeError("connection reset"));
  const client = createPlatformClient({ url: "https://platform.example", retries: 0, fetch });
  return client.org.me.query().then(
    () => new Error("the call has succeeded"),
    (error: Error) => error,
  );
}
