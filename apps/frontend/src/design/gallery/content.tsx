import { Button } from "react-aria-components";
import { Avatar, initialOf } from "../avatar.tsx";
import type { IconName } from "../icon.tsx";
import { SkeletonRows } from "../skeleton.tsx";
import { Badge, type Tone } from "../text/badge.tsx";
import { Empty } from "../text/empty.tsx";
import { CopyableId, Fact, Facts } from "../text/facts.tsx";
import { Time } from "../text/time-ago.tsx";
import { Chapter, InBothThemes, Specimen, type Theme } from "./specimen.tsx";

export function Content() {
  return (
    <>
      <Chapter title="Badge" about="A short fact beside a name. A state has an icon and a word.">
        <InBothThemes>{() => <Badges />}</InBothThemes>
      </Chapter>
      <Chapter
        title="Avatar and time"
        about="An organization keeps its colour when it is renamed. A time is relative, and exact under the pointer."
      >
        <InBothThemes>{() => <AvatarsAndTimes />}</InBothThemes>
      </Chapter>
      <Chapter title="Card and rows" about="A list is a card of rows. A row's parts stay where they are.">
        <InBothThemes>{(theme) => <Cards theme={theme} />}</InBothThemes>
      </Chapter>
      <Chapter
        title="Nothing to show"
        about="Empty says what can be done. SkeletonRows are there after 200 ms, so that a fast answer shows nothing in between."
      >
        <InBothThemes>{(theme) => <Nothing theme={theme} />}</InBothThemes>
      </Chapter>
    </>
  );
}

const BADGES: readonly (readonly [tone: Tone, icon: IconName | undefined, text: string])[] = [
  ["neutral", undefined, "You"],
  ["neutral", "clock", "Pending"],
  ["accent", undefined, "Active"],
  ["good", "check", "Verified"],
  ["warn", "alert", "Expires in 2 days"],
  ["bad", "alert", "Mail failed"],
];

function Badges() {
  return (
    <div className="specimens">
      {BADGES.map(([tone, icon, text]) => (
        <Specimen key={text} name={icon ? `${tone}, ${icon}` : tone}>
          <Badge tone={tone} {...(icon && { icon })}>
            {text}
          </Badge>
        </Specimen>
      ))}
    </div>
  );
}

function AvatarsAndTimes() {
  const now = Date.now();
  return (
    <div className="specimens">
      {["Acme", "Initech", "Überbau", "株式会社", "🚀 Labs"].map((name) => (
        <Specimen key={name} name={name}>
          <Avatar id={name} name={name} />
        </Specimen>
      ))}
      <Specimen name=".initials">
        <span className="initials" data-letter={initialOf("jane@acme.example")} />
      </Specimen>
      {[0, 180_000, 7_200_000, 86_400_000].map((ago) => (
        <Specimen key={ago} name="Time">
          <Time at={new Date(now - ago).toISOString()} />
        </Specimen>
      ))}
    </div>
  );
}

const LONG = "a.very.long.address.of.somebody.with.many.names@department.of.acme.example";

function Cards({ theme }: { readonly theme: Theme }) {
  return (
    <div className="stack">
      <Facts id={`facts-${theme}`} title={`Facts, ${theme}`}>
        <Fact name="Name">Acme</Fact>
        <Fact name="Organization ID">
          <CopyableId id="acme" what="organization ID" />
        </Fact>
        <Fact name="Still loading">{undefined}</Fact>
        <Fact name="A long value">{LONG}</Fact>
      </Facts>
      <ul className="card rows">
        {["jane@acme.example", LONG].map((address) => (
          <li key={address} className="row">
            <span className="initials" data-letter={initialOf(address)} />
            <span className="ellipsis">{address}</span>
            <Badge>Outside</Badge>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Nothing({ theme }: { readonly theme: Theme }) {
  return (
    <div className="stack">
      <Empty icon="users" title="Only you so far">
        <p>Invite a colleague, or verify your domain so that everyone can join.</p>
        <Button className="button">Invite a colleague</Button>
      </Empty>
      <SkeletonRows label={`Loading the members, ${theme}`} />
    </div>
  );
}
