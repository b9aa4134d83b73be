import type { AppRouter } from "@platform-api/server/router";
import type { AnyProcedure, inferRouterOutputs } from "@trpc/server";

type Outputs = inferRouterOutputs<AppRouter>;

/** The paths in a router and in the routers below it. */
type PathIn<Router> = {
  [Name in keyof Router & string]: Router[Name] extends AnyProcedure
    ? Name
    : `${Name}.${PathIn<Router[Name]>}`;
}[keyof Router & string];

type OutputAt<At, Path> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof At
    ? OutputAt<At[Name], Rest>
    : never
  : Path extends keyof At
    ? At[Path]
    : never;

/** A procedure by its path, such as `auth.validate` or `org.members.list`. */
export type Procedure = PathIn<AppRouter["_def"]["record"]>;

/** What the procedure answers. */
export type ProcedureOutput<P extends Procedure> = OutputAt<Outputs, P>;
