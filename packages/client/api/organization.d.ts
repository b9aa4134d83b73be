import { AppRouter } from "./token-supplier.js";
import { inferRouterOutputs } from "./trpc.js";
type Outputs = inferRouterOutputs<AppRouter>;
/** The settings of an organization, as `org.get`, `org.update`, `org.close` and `org.keepOpen` answer. */
export type Organization = Outputs["org"]["update"];
/** A member of an organization, as the procedures of `org.members` answer. */
export type Member = Outputs["org"]["members"]["setRole"];
/** Part of a list, such as `org.members.list`. It may be shorter than asked for, also where more follows. */
export interface Page<Item> {
  readonly items: Item[];
  /** The `cursor` of the next page; null after the last one. */
  readonly nextCursor: string | null;
}
export {};