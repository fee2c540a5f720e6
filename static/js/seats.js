// Keeps the seats on an open page true: asks one small document for all of them, now and then.
//
// A page says with data-seats where that document is. data-seats-of names the tutorial of an element:
// .seats shows word and number; data-when-full and data-when-free are its label; data-only is the state in
// which it is shown, data-unless the one in which it is not; data-tell is a title: when there is room again, or none any more, that is said aloud.

const SOON = 20_000;
const LATEST = 300_000;
const address = document.querySelector("[data-seats]")?.dataset.seats;
let pause = SOON;
let timer;
let last = "";

function show(tutorial) {
  for (const element of document.querySelectorAll(`[data-seats-of="${CSS.escape(tutorial.slug)}"]`)) {
    const { only, state, tell, unless, whenFree, whenFull } = element.dataset;
    const isFull = tutorial.state === "full";
    if (element.classList.contains("seats")) {
      element.className = element.className.replace(/seats--\w*/, `seats--${tutorial.state}`);
      element.querySelector(".seats__text").textContent = tutorial.text;
      element.hidden = !tutorial.text;
    }
    if (whenFull) element.textContent = isFull ? whenFull : whenFree;
    if (only) element.hidden = tutorial.state !== only;
    if (unless) element.hidden = !tutorial.state || tutorial.state === unless;
    if (tell && tutorial.state && state !== tutorial.state) {
      element.dataset.state = tutorial.state;
      if (state && isFull !== (state === "full")) say(`${tell}: ${tutorial.text}`);
    }
  }
}

function say(text) {
  const status = document.querySelector("[data-seats-said]");
  if (status) status.textContent = text;
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  let wait = 0;
  try {
    const response = await fetch(address, { credentials: "omit" });
    wait = 1000 * (parseInt(response.headers.get("Retry-After")) || 0);
    if (!response.ok) throw new Error(response.status);
    const text = await response.text();
    pause = text === last ? Math.min(2 * pause, LATEST) : SOON;
    if (text !== last) JSON.parse(text).tutorials.forEach(show);
    last = text;
  } catch {
    pause = Math.min(2 * pause, LATEST);
  }
  later(Math.max(wait, pause));
}

// Not all at the same moment: a hall full of open pages would come at once, again and again.
function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(ask, milliseconds * (0.75 + Math.random() / 2));
}

if (address) {
  later(SOON);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    pause = SOON;
    if (!document.hidden) ask();
  });
  // What the server answered a form with is newer than what we know.
  document.addEventListener("htmx:afterSettle", () => {
    last = "";
    pause = SOON;
    later(SOON);
  });
}
