export { StandingEnded, type StandingQuestion, type StandingReason } from "./standing.ts";
export {
  type Standings,
  type StandingsOptions,
  type WatchedSignal,
  watchStandings,
} from "./watch-standings.ts";
