import { ICON_NAMES, Icon } from "../icon.tsx";
import { Chapter, InBothThemes, Specimen } from "./specimen.tsx";
import { TOKENS } from "./tokens.ts";

export function Foundations() {
  return (
    <>
      <Colours />
      <Type />
      <Space />
      <Motion />
      <Icons />
    </>
  );
}

function Colours() {
  return (
    <Chapter
      title="Colour"
      about="One accent. A colour says nothing alone: an icon or a word says the same. Text takes --text, --quiet, --accent-text or a state on --ground, --surface, --raised or the soft ground of its state."
    >
      <InBothThemes>
        {() => (
          <ul className="swatches">
            {TOKENS.colours.map((name) => (
              <li key={name} className="swatch">
                <span className="swatch-colour" style={{ background: `var(${name})` }} />
                <code>{name}</code>
              </li>
            ))}
          </ul>
        )}
      </InBothThemes>
    </Chapter>
  );
}

function Type() {
  return (
    <Chapter title="Type" about="Inter, three sizes. A heading is heavier rather than larger.">
      <InBothThemes>
        {() => (
          <ul className="samples">
            {TOKENS.sizes.map((name) => (
              <li key={name}>
                <code>{name}</code>
                <p style={{ fontSize: `var(${name})` }}>People who sign in now join as members.</p>
              </li>
            ))}
            <li>
              <code>.quiet</code>
              <p className="quiet">Checked 2 minutes ago</p>
            </li>
            <li>
              <code>code</code>
              <p>
                <code>_platform-api.acme.example</code>
              </p>
            </li>
            <li>
              <code>.ellipsis</code>
              <p className="ellipsis">
                A name that is longer than its row ends in three dots, where the whole can be read elsewhere
                too
              </p>
            </li>
          </ul>
        )}
      </InBothThemes>
    </Chapter>
  );
}

function Space() {
  return (
    <Chapter
      title="Space and shape"
      about="Steps of 4 px between things. The gutter is the page's own margin, and grows with it."
    >
      <InBothThemes>
        {() => (
          <>
            <ul className="samples">
              {TOKENS.spaces.map((name) => (
                <li key={name}>
                  <code>{name}</code>
                  <span className="measure" style={{ width: `var(${name})` }} />
                </li>
              ))}
            </ul>
            <ul className="swatches">
              {TOKENS.shapes.map((name) => (
                <li key={name} className="swatch">
                  <span
                    className="swatch-shape"
                    style={
                      name.startsWith("--radius")
                        ? { borderRadius: `var(${name})` }
                        : { boxShadow: `var(${name})` }
                    }
                  />
                  <code>{name}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </InBothThemes>
    </Chapter>
  );
}

function Motion() {
  return (
    <Chapter
      title="Motion"
      about="--fast for what answers the pointer, --slow for what appears. Nothing moves by itself but what is in progress, and reduced motion ends it all. Point at a bar to see it."
    >
      <InBothThemes>
        {() => (
          <ul className="samples">
            {TOKENS.times.map((name) => (
              <li key={name} className="moving">
                <code>{name}</code>
                <span className="measure" style={{ transitionDuration: `var(${name})` }} />
              </li>
            ))}
          </ul>
        )}
      </InBothThemes>
    </Chapter>
  );
}

function Icons() {
  return (
    <Chapter
      title="Icon"
      about="Decoration: the text beside it carries the meaning. 16 px, or 12 px in a badge."
    >
      <InBothThemes>
        {() => (
          <div className="specimens">
            {ICON_NAMES.map((name) => (
              <Specimen key={name} name={name}>
                <Icon name={name} />
              </Specimen>
            ))}
          </div>
        )}
      </InBothThemes>
    </Chapter>
  );
}
