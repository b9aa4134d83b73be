export {
  type RunningUserDirectory,
  startUserDirectory,
  type UserDirectoryOptions,
} from "./user-directory.ts";
