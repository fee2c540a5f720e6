// Times on the visitor's own clocks, where those differ from the conference's. What is chosen is kept in the browser.
//
// [data-zone-line] says whose clocks the times are on, and in that attribute how it is said of one's own (“{zone}”).
// [data-zone-switch] is the button behind it, and in that attribute the way back. Each <time datetime> of the page's main
// part that names a moment is rewritten; one on another day than at the conference says by how many days.

const KEY = "zone";
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const { lang } = document.documentElement;
const language = lang === "en" ? "en-GB" : lang;
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const words = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
const texts = new WeakMap();
const lines = [...document.querySelectorAll("[data-zone-line]")];
const buttons = [...document.querySelectorAll("[data-zone-switch]")];
for (const element of [...lines, ...buttons]) texts.set(element, element.textContent);

function moments() {
  return [...document.querySelectorAll('main time[datetime*="T"]')];
}

function dayThere(element) {
  return Date.parse(`${element.dateTime.slice(0, 10)}T00:00Z`);
}

function dayHere(moment) {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
}

function isDifferent(element) {
  const there = element.dateTime.slice(11, 16);
  const moment = new Date(element.dateTime);
  return clock.format(moment) !== there || dayHere(moment) !== dayThere(element);
}

function rewrite(element) {
  if (!texts.has(element)) texts.set(element, element.textContent);
  const moment = new Date(element.dateTime);
  if (texts.get(element).length > 5) {
    element.textContent = words.format(moment);
    return;
  }
  element.textContent = clock.format(moment);
  const days = Math.round((dayHere(moment) - dayThere(element)) / 86_400_000);
  if (!days) return;
  const mark = document.createElement("sup");
  mark.className = "zone-day";
  mark.textContent = days > 0 ? `+${days}` : `−${-days}`;
  mark.title = weekday.format(moment);
  const day = document.createElement("span");
  day.className = "visually-hidden";
  day.textContent = ` ${mark.title}`;
  element.append(mark, day);
}

function show(isOwn) {
  for (const element of moments()) {
    if (isOwn) rewrite(element);
    else if (texts.has(element)) element.textContent = texts.get(element);
  }
  for (const line of lines) {
    line.textContent = isOwn ? line.dataset.zoneLine.replace("{zone}", own) : texts.get(line);
  }
  for (const button of buttons) {
    button.textContent = isOwn ? button.dataset.zoneSwitch : texts.get(button);
  }
}

function isKept() {
  try {
    return localStorage.getItem(KEY) === "own";
  } catch {
    return false;
  }
}

function keep(isOwn) {
  try {
    if (isOwn) localStorage.setItem(KEY, "own");
    else localStorage.removeItem(KEY);
  } catch {
    // Then it is for this page alone.
  }
}

if (buttons.length && moments().some(isDifferent)) {
  let isOwn = isKept();
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      isOwn = !isOwn;
      keep(isOwn);
      show(isOwn);
    });
  }
  document.addEventListener("results:shown", () => isOwn && show(true));
  if (isOwn) show(true);
}
