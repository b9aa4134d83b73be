import type { PlatformClient } from "@platform-api/client";
import type { PlatformHandlers, Procedure } from "@platform-api/client/testing";
import { configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { type UserEvent, userEvent } from "@testing-library/user-event";
import { createRoot, type Root } from "react-dom/client";
import { onTestFinished, vi } from "vitest";
import { applyBrand } from "../app/config/brand.ts";
import { start } from "../app/start.tsx";
import { retractAnnouncement } from "../design/announcer.tsx";
import { closeToasts } from "../design/overlays/toast.tsx";
import { type Customer, type MockedPlatform, mockPlatform } from "./mocked-platform.ts";

configure({
  // What is waited for appears in milliseconds. A busy machine may take longer.
  asyncUtilTimeout: 10_000,
  // The app draws as in a browser. Drawing within each event fails where React itself moves the focus.
  eventWrapper: (dispatch) => dispatch(),
  getElementError: (message) =>
    new Error(`${message?.split("\n")[0]}\nThe page: ${document.body.textContent}`),
});

/** Where a test begins, and what it answers itself. */
export interface ConsoleOptions extends Customer {
  /** Answers instead of the mocks, such as for agentic-backend. */
  readonly respond?: (request: Request) => Response | undefined | Promise<Response | undefined>;
}

/** A request of the app. */
interface Sent {
  /** A procedure, or the first segment of a path, such as `issuer`. */
  readonly called: string;
  readonly input: unknown;
  isAnswered: boolean;
}

/** A procedure, or the first segment of a path. */
type Called = Procedure | "issuer" | "agentic";

/** The app in the document of the test, with platform-api's mocks behind `fetch`. Ends with the test. */
export interface Console {
  /** Plays platform-api: it can refuse, slow down, go down, and be changed by others. */
  readonly platform: PlatformHandlers;
  /** The keyboard, and a pointer without a position. */
  readonly user: UserEvent;
  /**
   * Presses the button with this name, as soon as the page has it, as a screen reader does: in one step, between which
   * the page cannot move the focus, and never as the second half of a double click.
   */
  press(name: string | RegExp): Promise<void>;
  /** Opens the menu of the button with this name, and chooses the item that begins like this. */
  choose(menu: string | RegExp, item: string): Promise<void>;
  /** What the app has sent, in order. */
  readonly sent: readonly Sent[];
  /** platform-api as another person uses it at the same time. */
  clientOf(email: string): PlatformClient;
  /** What the app calls waits, until the returned function is called. */
  hold(called: Called): () => void;
  /** What the app calls does not arrive, until the returned function is called. */
  lose(called: Called): () => void;
  /** Loads the page again, at the address that it has now. */
  reload(): Promise<void>;
}

/** Opens the whole app. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const mocked = mockPlatform(location.origin, options);
  const { platform, session, clientOf } = mocked;
  const requests = new Requests(options, mocked);
  history.replaceState(null, "", options.path);
  if (session !== null) sessionStorage.setItem(...session);
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => requests.answer(input, init));
  const closeChannels = trackChannels();
  let root: Root;
  const show = async () => {
    root = createRoot(document.body.appendChild(document.createElement("div")));
    await start(root);
  };
  const hide = () => {
    root.unmount();
    closeChannels();
    document.body.replaceChildren();
  };
  onTestFinished(async () => {
    hide();
    leave();
    // Vitest breaks off what a file still imports when it ends, and the next files of its worker then cannot import it.
    await vi.dynamicImportSettled();
  });
  await show();
  const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });
  const press = async (name: string | RegExp) => {
    const button = await screen.findByRole("button", { name });
    button.focus();
    fireEvent.click(button);
  };
  return {
    platform,
    user,
    press,
    async choose(menu, item) {
      await press(menu);
      fireEvent.click(await itemOf(item));
    },
    sent: requests.sent,
    clientOf,
    hold(called) {
      const { promise, resolve } = Promise.withResolvers<void>();
      requests.obstacles.push({ called, passed: () => promise });
      return resolve;
    },
    lose(called) {
      let isLost = true;
      const passed = () => (isLost ? Promise.reject(new TypeError("connection reset")) : Promise.resolve());
      requests.obstacles.push({ called, passed });
      return () => {
        isLost = false;
      };
    },
    async reload() {
      hide();
      await show();
    },
  };
}

/** The item of the open menu that begins like this. */
export async function itemOf(text: string): Promise<Element> {
  const items = [...(await screen.findByRole("menu")).querySelectorAll("[role^=menuitem]")];
  const found = items.find(({ textContent }) => textContent.startsWith(text));
  if (found === undefined) throw new Error(`no item ${text}: ${items.map(({ textContent }) => textContent)}`);
  return found;
}

/** Resolves when the page, or this part of it, says this. */
export async function says(text: string, part: Element = document.body): Promise<void> {
  await waitFor(() => {
    if (!part.textContent.includes(text)) throw new Error(`"${text}" is not in: ${part.textContent}`);
  });
}

/** Every text that this part of the page has from now on. */
export function textsOf(part: Element): ReadonlySet<string> {
  const texts = new Set<string>();
  const observer = new MutationObserver(() => texts.add(part.textContent));
  observer.observe(part, { subtree: true, childList: true, characterData: true });
  onTestFinished(() => observer.disconnect());
  return texts;
}

/** What an assistive technology calls an element that has such a name of its own. */
export function labelOf(element: Element | null): string | null {
  return element?.getAttribute("aria-label") ?? null;
}

/** Puts a text into a field at once, as opposed to typing it. */
export function fill(field: Element, value: string): void {
  fireEvent.change(field, { target: { value } });
}

/** Resolves when the page has this title. */
export function heading(name: string | RegExp): Promise<HTMLElement> {
  return screen.findByRole("heading", { level: 1, name });
}

/** What a test does to requests: they go on when `passed` resolves. */
interface Obstacle {
  readonly called: Called;
  readonly passed: () => Promise<void>;
}

/** Answers the requests of the app. */
class Requests {
  readonly sent: Sent[] = [];
  readonly obstacles: Obstacle[] = [];
  readonly #options: ConsoleOptions;
  readonly #mocked: MockedPlatform;

  constructor(options: ConsoleOptions, mocked: MockedPlatform) {
    this.#options = options;
    this.#mocked = mocked;
  }

  async answer(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input instanceof Request ? input : new URL(input, location.origin), init);
    const { pathname, searchParams } = new URL(request.url);
    const called = calledBy(pathname);
    const body = init?.body ?? searchParams.get("input");
    const sent = { called, input: typeof body === "string" ? JSON.parse(body) : null, isAnswered: false };
    this.sent.push(sent);
    for (const obstacle of this.obstacles) if (obstacle.called === called) await obstacle.passed();
    const response = await this.#respond(request, pathname);
    sent.isAnswered = true;
    return response;
  }

  async #respond(request: Request, pathname: string): Promise<Response> {
    const response = await this.#options.respond?.(request);
    if (response !== undefined) return response;
    if (pathname === "/config.json") return Response.json(this.#mocked.config);
    if (pathname.startsWith("/agentic/"))
      return Response.json({ runs: [], nextCursor: null, canFail: false });
    return this.#mocked.ask(request);
  }
}

/** The procedure of a call to platform-api, or the first segment of another path. */
function calledBy(pathname: string): string {
  const [, first = "", , procedure] = pathname.split("/");
  return first === "platform" && procedure !== undefined ? procedure : first;
}

/** A page that is left closes its channels. @returns a function that does so */
function trackChannels(): () => void {
  const opened = new Set<BroadcastChannel>();
  class Tracked extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      opened.add(this);
    }
  }
  vi.stubGlobal("BroadcastChannel", Tracked);
  return () => {
    for (const channel of opened) channel.close();
    opened.clear();
  };
}

/** Forgets what the app has stored and said, because the next test has the same document. */
function leave(): void {
  closeToasts();
  retractAnnouncement();
  applyBrand({ name: "Platform", legalLinks: [] });
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, "", "/");
  vi.useRealTimers();
  vi.unstubAllGlobals();
}
