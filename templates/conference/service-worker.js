// Lets pages that were seen open without a network (docs/offline.md). Not a static file: its address
// decides what it may answer for, and it names the files of this version.
"use strict";

const SITE = {{ site }};

const OURS = "tutorials-";
const FILES = `${OURS}files-${SITE.version}`;
// Photos and logos, of which a list has hundreds: they push nothing else out.
const PICTURES = `${OURS}pictures-${SITE.version}`;
const PAGES = `${OURS}pages-${SITE.version}`;
// What somebody saw who had signed in; static/js/offline.js forgets these once they have signed out.
const PERSONAL = `${OURS}personal-${SITE.version}`;
const MOST = { [FILES]: 200, [PICTURES]: 200, [PAGES]: 60, [PERSONAL]: 60 };

// For a network that has not answered by then nobody waits, if the page is here.
const PATIENCE = 3_000;
// Who has just sent a form wants to see what became of it, however long that takes.
const AFTER_A_FORM = 60_000;
const STORED_AT = "X-Stored-At";
const NEVER_SEEN = "never";

// Of each page that was not answered by the network: when it was stored, and whether there is a slow one.
const stored = new Map();
let lastForm = 0;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepWhatIsNeeded());
});

self.addEventListener("activate", (event) => event.waitUntil(begin()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    lastForm = Date.now();
    if (url.pathname.endsWith("/accounts/logout/")) event.waitUntil(caches.delete(PERSONAL));
  } else if (neverChanges(url)) {
    event.respondWith(storeFirst(request));
  } else if (isFile(url)) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate" && request.destination === "document" && isPage(url)) {
    event.respondWith(page(event, address(url)));
  }
});

self.addEventListener("message", (event) => {
  const { ask, files } = event.data;
  const seen = address(new URL(event.source.url));
  if (ask === "stored") event.ports[0].postMessage(stored.get(seen) ?? { at: "" });
  if (ask === "keep") event.waitUntil(keepSeen(seen, files));
});

async function keepWhatIsNeeded() {
  const cache = await caches.open(FILES);
  const pages = Object.values(SITE.offline).map((path) => new Request(path, { credentials: "omit" }));
  await cache.addAll([...SITE.files, ...pages]);
}

async function begin() {
  await self.registration.navigationPreload?.enable();
  const names = (await caches.keys()).filter((name) => name.startsWith(OURS) && !(name in MOST));
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function address(url) {
  return url.href.split("#")[0];
}

// Each word of a path behind that of its language.
function words(url) {
  const [first, ...rest] = url.pathname.split("/").slice(1);
  return first in SITE.offline ? rest : [first, ...rest];
}

function isPage(url) {
  const [first, second] = words(url);
  return !SITE.others.includes(first) && second !== "staff";
}

// The name of such a file is another once it changes.
function neverChanges(url) {
  const named = url.pathname.startsWith(SITE.static) && /\.[0-9a-f]{12}\.\w+$/.test(url.pathname);
  return named || isPicture(url);
}

function isPicture(url) {
  return /^\/media\/(photos|logos)\//.test(url.pathname);
}

function isFile(url) {
  return url.pathname.startsWith(SITE.static) || url.pathname.endsWith("/colour.css");
}

async function storeFirst(request) {
  return (await find(request.url)) ?? file(request);
}

async function file(request) {
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await put(isPicture(new URL(request.url)) ? PICTURES : FILES, request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await find(request.url);
    if (found) return found;
    throw error;
  }
}

async function page(event, seen) {
  const answer = network(event, seen);
  event.waitUntil(answer.catch(() => {}));
  const found = await find(seen, [PERSONAL, PAGES]);
  const patient = !found || Date.now() - lastForm < AFTER_A_FORM;
  let isSlow = false;
  try {
    const first = await (patient ? answer : Promise.race([answer, pause(PATIENCE)]));
    if (first) {
      stored.delete(seen);
      return first;
    }
    isSlow = true;
    event.waitUntil(answer.then(() => tellNewer(event.resultingClientId)).catch(() => {}));
  } catch {
    // There is no network.
  }
  stored.set(seen, { at: found ? found.headers.get(STORED_AT) : NEVER_SEEN, isSlow });
  return found ?? instead(seen);
}

async function network(event, seen) {
  const answer = (await event.preloadResponse) || (await fetch(event.request));
  // A browser that has no room for it shows the page all the same.
  event.waitUntil(keepPage(seen, answer.clone()).catch(() => {}));
  return answer;
}

// The answer that nobody waited for is here after all.
async function tellNewer(id) {
  (await self.clients.get(id))?.postMessage({ tell: "newer" });
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

async function instead(seen) {
  const first = new URL(seen).pathname.split("/")[1];
  const language = first in SITE.offline ? first : SITE.language;
  return (await find(SITE.offline[language])) ?? Response.error();
}

async function keepPage(seen, answer) {
  const rules = answer.headers.get("Cache-Control") ?? "";
  const isHtml = (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
  if (answer.status === 404 || answer.status === 410) {
    for (const name of [PERSONAL, PAGES]) await (await caches.open(name)).delete(seen);
  }
  if (answer.status !== 200 || answer.redirected || !isHtml || rules.includes("no-store")) return;
  const headers = new Headers(answer.headers);
  headers.set(STORED_AT, new Date().toISOString());
  const copy = new Response(await answer.blob(), { headers });
  await put(rules.includes("private") ? PERSONAL : PAGES, seen, copy);
}

// A page that was open before we were there, with the files that it shows.
async function keepSeen(seen, files) {
  const here = files.map((each) => new URL(each, seen));
  for (const url of here.filter((each) => each.origin === location.origin)) {
    if (neverChanges(url)) await storeFirst(new Request(url));
    else if (isFile(url)) await file(new Request(url));
  }
  if (isPage(new URL(seen))) await keepPage(seen, await fetch(seen));
}

async function find(key, names = [FILES, PICTURES]) {
  for (const name of names) {
    const found = await (await caches.open(name)).match(key, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

// Nothing is kept where there is no room: that is no reason to show nothing.
async function put(name, key, answer) {
  try {
    await store(name, key, answer);
  } catch {
    // The browser goes on without.
  }
}

async function store(name, key, answer) {
  const cache = await caches.open(name);
  await cache.delete(key);
  await cache.put(key, answer);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST[name]))) await cache.delete(old);
}
