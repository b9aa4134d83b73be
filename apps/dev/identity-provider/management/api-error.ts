/** An error answer of the Management API. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Auth0's `errorCode`. The answers to wrong tokens have none. */
  readonly code: string | null;

  constructor(status: number, message: string, code: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get body(): object {
    const { status: statusCode, message, code } = this;
    const answer = { statusCode, error: TITLES[statusCode] ?? "Error", message };
    return code === null ? { ...answer, attributes: { error: message } } : { ...answer, errorCode: code };
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export function notFound(message: string, code: string): ApiError {
  return new ApiError(404, message, code);
}
