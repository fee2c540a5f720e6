// “Now” and “next” on a page that stays open: once a session begins or ends, the page is asked for anew.
//
// #running says with data-turns-at when that is. Of the new page we take #running and, row by row, what says whether
// a session is over, on or next: the classes of the row, [data-state] in it, and where “#now” leads. All else stays as
// it is, with what was pressed or opened. “results:shown” tells the others that times are new.

const SOONEST = 30_000; // milliseconds: our clock may be ahead of the server's
const SPREAD = 20_000; // not all at the same moment: a hall full of open pages would come at once
const LISTS = [".home__board", "#results", ".days"];
const ROWS = ".board__row, .timetable__row";
let due = Infinity;
let timer;

function plan() {
  const turns = Date.parse(document.getElementById("running")?.dataset.turnsAt ?? "");
  due = turns ? Math.max(turns, Date.now() + SOONEST) + Math.random() * SPREAD : Infinity;
  wait();
}

function wait() {
  clearTimeout(timer);
  if (due < Infinity && !document.hidden) timer = setTimeout(follow, Math.max(due - Date.now(), 0));
}

async function follow() {
  try {
    const response = await fetch(location.href, { cache: "no-cache" });
    if (!response.ok) throw new Error(response.status);
    take(new DOMParser().parseFromString(await response.text(), "text/html"));
    plan();
  } catch {
    due = Date.now() + 2 * SOONEST;
    wait();
  }
}

function take(page) {
  document.getElementById("running").replaceWith(page.getElementById("running") ?? "");
  const rows = [...document.querySelectorAll(ROWS)];
  const fresh = [...page.querySelectorAll(ROWS)];
  const areSame = rows.length === fresh.length && rows.every((row, number) => timeOf(row) === timeOf(fresh[number]));
  if (areSame) rows.forEach((row, number) => turn(row, fresh[number]));
  else for (const selector of LISTS) document.querySelector(selector)?.replaceWith(page.querySelector(selector) ?? "");
  document.dispatchEvent(new Event("results:shown"));
}

// After midnight a page without a day in its address is another day's.
function timeOf(row) {
  return row.querySelector("time")?.dateTime;
}

function turn(row, fresh) {
  row.className = fresh.className;
  row.querySelector("[data-state]").replaceWith(fresh.querySelector("[data-state]"));
  const heads = [row, fresh].map((each) => each.querySelector(".board__head"));
  if (heads[0]) heads[0].id = heads[1].id;
}

plan();
document.addEventListener("visibilitychange", wait);
