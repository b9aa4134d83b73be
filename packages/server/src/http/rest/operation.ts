import type { AnyRouter } from "@trpc/server";
import type { Reason } from "../../domain/index.ts";

/** The sections of the description, and what each one covers. */
export const TAGS = {
  Tokens: "Whose token is this?",
  Organizations: "Where does the user belong?",
  Members: "Who belongs to an organization?",
  Invitations: "Who is asked to belong?",
  Domains: "Which e-mail domains are the organization's?",
  Connections: "How do its people sign in?",
  Refusals: "Why can't they get in?",
  Audit: "What happened?",
  "Sign-in": "Before there is a token",
  Health: "For load balancers and process managers",
} as const;

/** Example values by field name. */
export type Fields = Readonly<Record<string, unknown>>;

/** An example of every input field, under the part of the request that carries the field. */
export type InputExamples = { readonly path?: Fields } & (
  | { readonly query?: Fields; readonly body?: never }
  | { readonly body?: Fields; readonly query?: never }
);

/** One way to call a procedure without speaking tRPC. The same row serves and describes it. */
export interface RestOperation {
  /** Generated clients name a function after it, so it never changes. */
  readonly operationId: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Such as `/organizations/{organizationId}/members/{userId}`. */
  readonly path: string;
  /** Such as `auth.validate`. */
  readonly procedure: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  /** Left out for a procedure that takes no input. */
  readonly input?: InputExamples;
  readonly answer: {
    /** Generated clients name a type after it, so it never changes. */
    readonly name: string;
    readonly description: string;
    readonly examples: Fields;
  };
  /** Where the items of all pages are streamed, one JSON object a line. It takes no cursor and no limit. */
  readonly stream?: Pick<RestOperation, "operationId" | "path" | "summary" | "description">;
  /** Whether the procedure reads no token. */
  readonly isPublic?: true;
  /** Whose token it takes, if not a user's alone. */
  readonly takes?: "a service" | "a user or a service";
  /** Refusals beyond those that follow from the token, the input and the method. */
  readonly reasons?: readonly Reason[];
}

/** Operations of one section of the description. */
export function tagged(
  tag: RestOperation["tag"],
  operations: readonly Omit<RestOperation, "tag">[],
): readonly RestOperation[] {
  return operations.map((operation) => ({ ...operation, tag }));
}

/** A router, and the operations that call its procedures. */
export interface RestApi {
  readonly router: AnyRouter;
  readonly operations: readonly RestOperation[];
}

/**
 * Refuses a row that would serve or describe its procedure wrongly. A field in two parts of the request is the
 * dangerous mistake: one part could be checked and the other one used.
 * @param schema the JSON schema of the procedure's input; null where it takes none
 * @throws {Error} naming the row
 */
export function checkRestOperation(
  operation: RestOperation,
  schema: { readonly properties?: Fields | undefined } | null,
): void {
  const { method, path, input = {} } = operation;
  const fail = (problem: string): never => {
    throw new Error(`REST operation ${method.toUpperCase()} ${path}: ${problem}`);
  };
  const placeOf = new Map<string, string>();
  for (const [place, fields] of Object.entries(input)) {
    for (const name of Object.keys(fields ?? {})) {
      const other = placeOf.get(name);
      if (other !== undefined) fail(`"${name}" is both in the ${other} and in the ${place}`);
      placeOf.set(name, place);
    }
  }

  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();
  const inExample = Object.keys(input.path ?? {}).sort();
  if (new Set(inPath).size < inPath.length) fail("a path parameter is named twice");
  if (inPath.join() !== inExample.join()) {
    fail("`input.path` must have an example of each path parameter, and of nothing else");
  }

  if (schema === null && placeOf.size > 0) fail("the procedure takes no input");
  if (schema?.properties === undefined && input.path === undefined && input.query === undefined) return;
  const known = new Set(Object.keys(schema?.properties ?? {}));
  for (const name of placeOf.keys()) if (!known.has(name)) fail(`the procedure has no input field "${name}"`);
  for (const name of known) if (!placeOf.has(name)) fail(`\`input\` does not say where "${name}" comes from`);
}
