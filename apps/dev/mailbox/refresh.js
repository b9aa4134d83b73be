/** How often the page asks. */
const EVERY_MS = 1_000;

/** Adds the mails that have arrived, and takes away those that are gone. What is open stays open. */
async function refresh() {
  const newest = await (await fetch("/newest")).text();
  if (newest === document.body.dataset.newest) return;
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const arrived = [...page.querySelectorAll("details")];
  const present = [...document.querySelectorAll("details")];
  const isIn = (mails, { id }) => mails.some((mail) => mail.id === id);
  for (const mail of arrived.filter((each) => !isIn(present, each))) {
    if (present.length === 0) document.querySelector("main").append(mail);
    else present[0].before(mail); // a mail that is moved would load its frame again
  }
  for (const mail of present.filter((each) => !isIn(arrived, each))) mail.remove();
  for (const part of ["title", "h1", ".lead"])
    document.querySelector(part).textContent = page.querySelector(part).textContent;
  document.body.dataset.newest = page.body.dataset.newest;
}

async function keepRefreshing() {
  await refresh().catch(() => {}); // the stack is down, or starts again
  setTimeout(keepRefreshing, EVERY_MS);
}

keepRefreshing();
