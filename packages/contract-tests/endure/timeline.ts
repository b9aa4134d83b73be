import type { Phase, Upstream } from "./phases.ts";
import type { Run } from "./run.ts";
import { escaped, r, text } from "./svg.ts";

export const LEFT = 132;
export const RIGHT = 884;
const LANE = 20;
const TICK_S = 30;
const UPSTREAMS: readonly Upstream[] = ["keys", "directory", "store", "credentials"];

/** The horizontal place of a second of the load. */
export type X = (second: number) => number;

/** What happened besides the load. */
export type Happened = Pick<Run, "plan" | "restarts">;

interface Lane {
  readonly name: string;
  readonly style: string;
  readonly bars: readonly Pick<Phase, "name" | "fromS" | "toS">[];
}

/** A lane for each kind of event, over an axis. `bottom` is where they end. */
export function lanes(
  happened: Happened,
  top: number,
  x: X,
): { readonly svg: string; readonly bottom: number } {
  const all = lanesOf(happened);
  const end = top + all.length * LANE;
  const drawn = all.map((lane, index) => drawLane(lane, top + index * LANE, x));
  return { svg: [ticks(happened, { from: top, to: end + 6 }, x), ...drawn].join("\n"), bottom: end + 26 };
}

/** The faults and restarts, behind the panels between these heights. */
export function bands(
  { plan, restarts }: Happened,
  { from, to }: { from: number; to: number },
  x: X,
): string {
  const faults = plan.phases.filter(({ fault }) => fault !== undefined);
  return [
    ...faults.map(
      ({ fromS, toS }) =>
        `<rect class="band" x="${r(x(fromS))}" width="${r(x(toS) - x(fromS))}" y="${from}" height="${to - from}"/>`,
    ),
    ...restarts.map(([fromMs]) => {
      const at = r(x(fromMs / 1_000));
      return `<line class="restart" x1="${at}" x2="${at}" y1="${from}" y2="${to}"/>`;
    }),
  ].join("");
}

function lanesOf({ plan: { phases }, restarts }: Happened): Lane[] {
  const does = (...wanted: readonly string[]) =>
    phases.filter(({ actions = [] }) => actions.some((action) => wanted.includes(action)));
  const lane = (name: string, style: string, bars: Lane["bars"]) => ({ name, style, bars });
  const stops = restarts.map(([from, to]) => ({ name: "restart", fromS: from / 1_000, toS: to / 1_000 }));
  return [
    ...UPSTREAMS.map((upstream) =>
      lane(
        `fault: ${upstream}`,
        "fault",
        phases.filter(({ fault }) => fault?.[0] === upstream),
      ),
    ),
    lane("restarts", "restarted", stops),
    lane("key rotation", "work", does("publish", "sign", "retire")),
    lane("org apply, removals", "work", does("apply")),
    lane("blocks, sign-outs", "work", does("revoke")),
    lane("first-login races", "work", does("race")),
    lane(
      "attacks",
      "attack",
      phases.filter(({ hostile }) => hostile !== undefined),
    ),
  ];
}

function drawLane({ name, style, bars }: Lane, top: number, x: X): string {
  const rects = bars.map(({ name, fromS, toS }) => {
    const width = r(Math.max(2, x(toS) - x(fromS) - 1));
    const title = escaped(`${name}, ${Math.round(fromS)} to ${Math.round(toS)} s`);
    return `<rect class="${style}" x="${r(x(fromS))}" y="${top + 4}" width="${width}" height="12" rx="2"><title>${title}</title></rect>`;
  });
  return `${text(16, top + 14, name, "small")}${rects.join("")}`;
}

function ticks({ plan }: Happened, { from, to }: { from: number; to: number }, x: X): string {
  const marks: string[] = [];
  for (let second = 0; second <= plan.seconds; second += TICK_S) {
    const at = r(x(second));
    const label = `${Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`;
    marks.push(
      `<line class="grid" x1="${at}" x2="${at}" y1="${from}" y2="${to}"/>`,
      `<text class="quiet small" x="${at}" y="${to + 15}" text-anchor="middle">${label}</text>`,
    );
  }
  return marks.join("");
}
