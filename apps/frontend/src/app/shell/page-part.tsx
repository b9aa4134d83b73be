import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { preloadOverlays } from "../../design/overlays/lazy-overlay.tsx";
import { preloadToasts } from "../../design/overlays/toast.tsx";
import { type Part, usePart } from "../../design/part.ts";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { useStanding } from "../../organization/use-me.ts";
import { POLL_MS } from "../problems/polling.ts";
import { isAdmin, ORGANIZATION_PAGES, OWN_PAGES } from "./organization-pages.ts";
import { PageNotLoaded } from "./page-not-loaded.tsx";

interface PagePartProps<Props> {
  readonly page: { readonly name: string; readonly part: Part<Props> };
  /** Of the page. */
  readonly props: Props;
}

/** A page whose code is loaded when it is shown. While that fails, the frame stays and says so. */
export function PagePart<Props extends object>({ page: { name, part }, props }: PagePartProps<Props>) {
  const { organization } = useStanding();
  const state = usePart(part);
  const isMissing = state.status === "failed" || state.status === "outdated";
  const [isTrying, setTrying] = useState(false);
  const tryNow = async () => {
    setTrying(true);
    await part.load();
    setTrying(false);
  };
  useRetries(state.status === "failed", part.load);
  usePreloads(state.status === "ready", organization !== null && isAdmin(organization));
  if (isMissing) {
    const isOutdated = state.status === "outdated";
    return <PageNotLoaded name={name} isOutdated={isOutdated} isTrying={isTrying} onTryNow={tryNow} />;
  }
  return state.status === "ready" ? <state.Component {...props} /> : <PageSkeleton name={name} />;
}

/** A page whose code is on its way: a heading and rows, as most pages have them. */
function PageSkeleton({ name }: { readonly name: string }) {
  return (
    <>
      <div className="page-head skeleton-rows" aria-hidden="true">
        <span className="skeleton skeleton-title" />
      </div>
      <SkeletonRows label={`Loading ${name}…`} />
    </>
  );
}

/** A new version stays until the user reloads, so it needs no retries. */
function useRetries(isFailing: boolean, retry: () => unknown): void {
  useEffect(() => {
    if (!isFailing) return;
    const timer = setInterval(() => document.hidden || retry(), POLL_MS);
    addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      removeEventListener("online", retry);
    };
  }, [isFailing, retry]);
}

/** The first rows have been on the page for this long before more code is loaded. */
const QUIET_MS = 2_000;

/** Loads, once the page has its data and the browser is idle, what the user may open next: it then works offline too. */
function usePreloads(isReady: boolean, isForAdmins: boolean): void {
  const queries = useQueryClient().getQueryCache();
  const isDone = useRef(false);
  useEffect(() => {
    if (!isReady || isDone.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const start = () => {
      const isLoading = queries
        .getAll()
        .some(({ state }) => state.status === "pending" && state.fetchStatus === "fetching");
      if (isLoading || timer !== undefined) return;
      timer = setTimeout(() => {
        isDone.current = true;
        whenIdle(() => void preloadAll(isForAdmins));
      }, QUIET_MS);
    };
    const unsubscribe = queries.subscribe(start);
    start();
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [isReady, isForAdmins, queries]);
}

function whenIdle(run: () => void): void {
  // Safari has no idle callbacks.
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run);
  else run();
}

async function preloadAll(isForAdmins: boolean): Promise<void> {
  await preloadToasts();
  for (const page of ORGANIZATION_PAGES) if (isForAdmins || !page.isForAdmins) await page.part.preload();
  for (const { part } of Object.values(OWN_PAGES)) await part.preload();
  await preloadOverlays();
}
