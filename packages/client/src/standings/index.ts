export type { StandingReason } from "@platform-api/server/wire";
export { StandingEnded, type StandingQuestion } from "./standing.ts";
export {
  type Standings,
  type StandingsOptions,
  type WatchedSignal,
  watchStandings,
} from "./watch-standings.ts";
