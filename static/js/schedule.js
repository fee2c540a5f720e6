// The schedule: choosing without the button, and the way to what is on now.
//
// [data-filters] is a form that works by itself; with us #results is exchanged as one chooses and types, and the
// address follows. When that is done the event “results:shown” is sent to the document.
// [data-needs-js] is hidden without us, [data-needless] with us. A page with [data-chosen] is not scrolled.

const PAUSE = 300; // milliseconds; while one types
// What is another one for another choice: the last two lead back to it, after signing in or in another language.
const FOLLOWING = ["#results", ".days", ".masthead__visitor", ".footer__languages"];
const form = document.querySelector("[data-filters]");
let asking;
let timer;

function addressChosen() {
  const chosen = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) chosen.append(name, value);
  const query = chosen.toString();
  return location.pathname + (query ? `?${query}` : "");
}

async function show(address) {
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(address, { signal: asking.signal });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    document.title = page.title;
    document.body.className = page.body.className;
    for (const selector of FOLLOWING) {
      const [old, fresh] = [document, page].map((each) => each.querySelector(selector));
      if (old && fresh) exchange(old, fresh);
    }
    history.replaceState(null, "", address);
    document.dispatchEvent(new Event("results:shown"));
  } catch (error) {
    if (error.name === "AbortError") return;
    // No answer at all: what is shown stays, and offline.js says so.
    const noNetwork = new CustomEvent("network:none", { detail: form.dataset.noNetwork });
    if (error instanceof TypeError) document.dispatchEvent(noNetwork);
    else location.assign(address);
  }
}

// What says how many there are stays the same element: only then is the new number said aloud.
function exchange(old, fresh) {
  const said = old.querySelector("[role=status]");
  const says = fresh.querySelector("[role=status]");
  if (said && says) {
    said.innerHTML = says.innerHTML;
    for (const element of [...old.children]) if (element !== said) element.remove();
    for (const element of [...fresh.children]) if (element !== says) old.append(element);
  } else {
    old.replaceWith(fresh);
  }
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => show(addressChosen()), milliseconds);
}

// Where neither is asked for, how wide the window is says which of the two views it is.
function markView() {
  const links = document.querySelectorAll("[data-view]");
  if (!links.length || new URLSearchParams(location.search).get("view")) return;
  const heads = document.querySelector(".board__heads");
  const shown = heads && getComputedStyle(heads).display !== "none" ? "grid" : "list";
  for (const link of links) {
    if (link.dataset.view === shown) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// How many columns are not to be seen yet, at the end of each grid.
function countColumns() {
  for (const frame of document.querySelectorAll(".board-frame")) {
    const hint = frame.parentElement.querySelector("[data-more-rooms]");
    const end = frame.getBoundingClientRect().right + 1;
    const start = frame.getBoundingClientRect().left - 1;
    const isRightToLeft = getComputedStyle(frame).direction === "rtl";
    const columns = [...frame.querySelectorAll(".board__headcell")].map((head) => head.getBoundingClientRect());
    const hidden = columns.filter((box) => (isRightToLeft ? box.left < start : box.right > end)).length;
    const scrolls = frame.scrollWidth > frame.clientWidth + 1;
    if (scrolls) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
    if (!hint) continue;
    hint.hidden = !hidden;
    const { oneMore, moreRooms } = hint.dataset;
    hint.textContent = hidden === 1 ? oneMore : moreRooms.replace("{number}", hidden);
  }
}

function watchFrames() {
  for (const frame of document.querySelectorAll(".board-frame")) {
    frame.addEventListener("scroll", countColumns, { passive: true });
  }
  countColumns();
  markView();
}

for (const element of document.querySelectorAll("[data-needs-js]")) element.hidden = false;
if (form) {
  form.querySelector("[data-needless]")?.classList.add("visually-hidden-focusable");
  form.addEventListener("input", (event) => later(event.target.type === "search" ? PAUSE : 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    later(0);
  });
}
addEventListener("resize", () => {
  countColumns();
  markView();
});
document.addEventListener("results:shown", watchFrames);
watchFrames();
if (!location.hash && !document.querySelector("[data-chosen]")) {
  const now = document.querySelector("#now");
  if (now && now.getBoundingClientRect().top > innerHeight / 2) now.scrollIntoView();
}
