export {
  type InMemoryDirectory,
  type InMemoryDirectoryOptions,
  inMemoryDirectory,
  type StoredUser,
} from "./directory.ts";
export type { Fault, Misbehaviour } from "./faults.ts";
