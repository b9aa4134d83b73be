import { I18nProvider } from "react-aria-components";
import { Announcer } from "../announcer.tsx";
import { ToastHost } from "../overlays/toast.tsx";
import { Content } from "./content.tsx";
import { Controls } from "./controls.tsx";
import { Foundations } from "./foundations.tsx";
import { Overlays } from "./overlays.tsx";

/** All there is to compose pages of, in every state. For development alone. */
export function Gallery() {
  return (
    <I18nProvider locale="en">
      <main className="gallery">
        <h1>Design</h1>
        <p className="quiet">
          The tokens and components of <code>src/design</code>. Compose pages of these before you add another.
        </p>
        <Foundations />
        <Controls />
        <Content />
        <Overlays />
      </main>
      <Announcer />
      <ToastHost />
    </I18nProvider>
  );
}
