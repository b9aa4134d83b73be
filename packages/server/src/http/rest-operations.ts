/** One way to call a procedure without speaking tRPC. Served and described by the same row. */
export interface RestOperation {
  /** Names the function of a generated client: never changes. */
  readonly operationId: string;
  readonly method: "get" | "post";
  readonly path: string;
  /** Such as `auth.validate`. */
  readonly procedure: string;
  /** Where the procedure's input comes from. */
  readonly inputFrom: "nothing" | "query" | "body";
}

export const REST_OPERATIONS = [
  {
    operationId: "validate",
    method: "get",
    path: "/validate",
    procedure: "auth.validate",
    inputFrom: "nothing",
  },
  {
    operationId: "validateByPost",
    method: "post",
    path: "/validate",
    procedure: "auth.validate",
    inputFrom: "nothing",
  },
  { operationId: "check", method: "get", path: "/check", procedure: "auth.check", inputFrom: "query" },
  {
    operationId: "myOrganizations",
    method: "get",
    path: "/organizations/me",
    procedure: "org.me",
    inputFrom: "nothing",
  },
  {
    operationId: "discover",
    method: "post",
    path: "/public/auth/discover",
    procedure: "discover.byEmail",
    inputFrom: "body",
  },
] as const satisfies readonly RestOperation[];

export type OperationId = (typeof REST_OPERATIONS)[number]["operationId"];
