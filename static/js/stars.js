// Stars: pressed without leaving the page, and kept in this browser for whoever has not signed in.
//
// A page holds templates/tutorials/_stars.html once. For who has signed in that is a form, which works without
// us; what this browser kept before they did is sent by it once, and is the account's from then on.
// A stranger's stars are an array of tutorial slugs in localStorage, under “stars:” and the conference.
//
// [data-only-starred] marks a list of what is starred alone: in it each [data-star-of] that is not is hidden,
// [data-starred-count] is the number of tutorials, and [data-none-starred] is shown where there is none.
// [data-my-schedule] marks a stranger's own page, which is made for the slugs in its address: “?stars=a,b”.
"use strict";

{
  const MOST_KEPT = 500;
  const MOST_AT_ONCE = 100; // browsers send no more than 64 KiB behind a page that is left
  const MOST_IN_AN_ADDRESS = 100; // tutorials/my_schedule.py
  const KEY = `stars:${document.currentScript.dataset.conference}`;
  const form = document.getElementById("stars");
  const mine = document.querySelector("[data-my-schedule]");
  const buttons = () => document.querySelectorAll("button.star");

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(found) ? found.filter((slug) => typeof slug === "string") : [];
    } catch {
      return [];
    }
  }

  function keep(slugs) {
    if (slugs.length) localStorage.setItem(KEY, JSON.stringify(slugs.slice(-MOST_KEPT)));
    else localStorage.removeItem(KEY);
  }

  function canKeep() {
    try {
      localStorage.setItem("stars", "");
      localStorage.removeItem("stars");
      return true;
    } catch {
      return false;
    }
  }

  function isStarred(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function press(button, starred) {
    button.setAttribute("aria-pressed", starred);
    button.name = starred ? "unstar" : "star"; // what the form would send next
  }

  function sameTutorial(button) {
    return [...buttons()].filter((each) => each.value === button.value);
  }

  // One after another: of two quick presses the second is what counts.
  let sending = Promise.resolve();

  function send(name, slugs) {
    sending = sending.catch(() => {}).then(() => post(name, slugs));
    return sending;
  }

  function post(name, slugs) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    for (const slug of slugs) body.append(name, slug);
    const headers = { Accept: "application/json" };
    return fetch(form.action, { method: "POST", headers, body, keepalive: true }).then((answer) => {
      if (answer.status !== 204) throw new Error(answer.status);
    });
  }

  // Signed in

  const settled = new Map(); // slug: whether it is starred, as far as the server has answered

  async function toggleThere(event) {
    const button = event.target.closest("button.star");
    if (!button) return;
    event.preventDefault();
    const { name, value } = button;
    if (!settled.has(value)) settled.set(value, isStarred(button));
    sameTutorial(button).forEach((each) => press(each, name === "star"));
    try {
      await send(name, [value]);
      settled.set(value, name === "star");
    } catch (error) {
      sameTutorial(button).forEach((each) => press(each, settled.get(value)));
      if (error instanceof TypeError) {
        // No answer at all: the page stays, and offline.js says so.
        document.dispatchEvent(new CustomEvent("network:none", { detail: form.dataset.noNetwork }));
        return;
      }
      // As forms are sent: the browser shows what comes of it.
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
      form.submit();
    }
  }

  async function bringAlong() {
    const slugs = kept();
    if (!slugs.length) return;
    for (const button of buttons()) if (slugs.includes(button.value)) press(button, true);
    try {
      for (let from = 0; from < slugs.length; from += MOST_AT_ONCE) {
        await send("star", slugs.slice(from, from + MOST_AT_ONCE));
      }
    } catch {
      return; // the next page tries again
    }
    const since = kept().filter((slug) => !slugs.includes(slug));
    keep(since);
    showAnew();
  }

  // “My schedule” was made without those that have just been brought along.
  async function showAnew() {
    const shown = document.getElementById("my-schedule");
    if (!shown) return;
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("my-schedule");
    if (!fresh) return;
    shown.replaceWith(fresh);
    window.htmx?.process(fresh);
  }

  // A stranger

  function toggleHere(event) {
    const button = event.target.closest("button.star");
    if (!button) return;
    event.preventDefault();
    const isOwn = mine && namesExactly(kept());
    const others = kept().filter((slug) => slug !== button.value);
    keep(isStarred(button) ? others : [...others, button.value]);
    if (isOwn) history.replaceState(null, "", location.pathname + queryOf(kept()));
    show();
  }

  function show() {
    const slugs = new Set(kept());
    for (const button of buttons()) {
      press(button, slugs.has(button.value));
      button.hidden = false;
    }
    for (const list of document.querySelectorAll("[data-only-starred]")) showOnly(list, slugs);
    nameInAddress([...slugs]);
  }

  function showOnly(list, slugs) {
    const shown = new Set();
    for (const entry of list.querySelectorAll("[data-star-of]")) {
      const slug = entry.dataset.starOf;
      entry.hidden = !slugs.has(slug);
      if (!entry.hidden) shown.add(slug);
    }
    const number = shown.size;
    for (const place of document.querySelectorAll("[data-starred-count]")) place.textContent = number;
    for (const empty of document.querySelectorAll("[data-none-starred]")) empty.hidden = number > 0;
  }

  // Links to “My schedule” lead to what this browser keeps; the page itself goes there if it names none.
  function nameInAddress(slugs) {
    for (const link of document.querySelectorAll("a[data-my-schedule-link]")) link.search = queryOf(slugs);
    if (!mine) return;
    const query = queryOf(slugs);
    if (mine.dataset.mySchedule === "own" && query && !named().length) location.replace(location.pathname + query);
    mine.querySelector("[data-others-schedule]").hidden = !named().length || namesExactly(slugs);
    mine.querySelector("[data-too-many]").hidden = slugs.length <= MOST_IN_AN_ADDRESS;
  }

  // What the address names, whatever else stands in it.
  function named() {
    const stars = new URLSearchParams(location.search).get("stars");
    return stars ? stars.split(",") : [];
  }

  function namesExactly(slugs) {
    const expected = slugs.slice(-MOST_IN_AN_ADDRESS);
    return named().sort().join() === expected.sort().join();
  }

  function queryOf(slugs) {
    const quoted = slugs.slice(-MOST_IN_AN_ADDRESS).map(encodeURIComponent);
    return quoted.length ? `?stars=${quoted.join(",")}` : "";
  }

  if (form) {
    document.addEventListener("click", toggleThere);
    bringAlong();
  } else if (canKeep()) {
    document.addEventListener("click", toggleHere);
    addEventListener("storage", (event) => event.key === KEY && show());
    document.addEventListener("results:shown", show); // schedule.js
    addEventListener("pageshow", (event) => event.persisted && show());
    show();
  }
}
