// Without a network pages that were seen open all the same: this one says so, and how old it is.
//
// The service worker keeps them (data-worker is its address). The element with data-offline has the sentences,
// and data-signed-in where somebody is: once they have signed out, what they saw is forgotten.

const banner = document.querySelector("[data-offline]");
const OURS = "tutorials-";
const NEVER_SEEN = "never";

function inWords(moment) {
  const language = document.documentElement.lang;
  const format = (options) =>
    new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
      ...options,
      timeZone: banner.dataset.zone || undefined,
    }).format(moment);
  const zone = banner.dataset.zone ? ` (${banner.dataset.zone})` : "";
  return `${format({ dateStyle: "long" })}, ${format({ timeStyle: "short" })}${zone}`;
}

function say(sentence, moment) {
  const note = document.createElement("p");
  const again = document.createElement("button");
  note.className = "note note--warning";
  note.dataset.from = moment.toISOString();
  note.textContent = `${sentence.replace("{}", inWords(moment))} `;
  again.className = "btn btn-outline-primary";
  again.type = "button";
  again.textContent = banner.dataset.again;
  again.addEventListener("click", () => location.reload());
  note.append(again);
  banner.replaceChildren(note);
}

// When the page that is open was stored, empty where the network answered; and whether that is only slow.
function askWhenStored() {
  const { controller } = navigator.serviceWorker;
  if (!controller) return Promise.resolve({ at: "" });
  return new Promise((tell) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => tell(event.data);
    controller.postMessage({ ask: "stored" }, [port2]);
  });
}

async function forgetPersonal() {
  const names = (await caches.keys()).filter((name) => name.startsWith(`${OURS}personal-`));
  await Promise.all(names.map((name) => caches.delete(name)));
}

// The first page of all was there before the worker: it is told to keep that too.
function keepThis() {
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  navigator.serviceWorker.controller?.postMessage({ ask: "keep", files });
}

async function listKept() {
  const place = document.querySelector("[data-kept]");
  const names = (await caches.keys()).filter((name) => /^tutorials-(personal|pages)-/.test(name));
  const seen = new Map();
  for (const name of names.sort().reverse()) {
    const cache = await caches.open(name);
    for (const request of (await cache.keys()).reverse()) {
      if (!seen.has(request.url)) seen.set(request.url, await cache.match(request, { ignoreVary: true }));
    }
  }
  for (const [url, answer] of seen) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = url;
    link.textContent = page.title;
    line.append(link, ` – ${inWords(new Date(answer.headers.get("X-Stored-At")))}`);
    place.querySelector("ul").append(line);
  }
  place.hidden = seen.size === 0;
}

async function begin() {
  const { at: answer, isSlow } = await askWhenStored();
  let from = answer && answer !== NEVER_SEEN ? new Date(answer) : null;
  if (from) say(isSlow ? banner.dataset.slow : banner.dataset.offline, from);
  if (from && isNewerThere) say(banner.dataset.newer, from);
  if (document.querySelector("[data-kept]")) await listKept();
  // A page from the store, or from before, does not know who is signed in now.
  const [visit] = performance.getEntriesByType("navigation");
  if (!answer && !("signedIn" in banner.dataset) && visit?.type !== "back_forward") await forgetPersonal();

  const loaded = new Date(performance.timeOrigin);
  addEventListener("offline", () => say(banner.dataset.offline, from ?? loaded));
  addEventListener("online", () => {
    if (from) say(banner.dataset.online, from);
    else banner.replaceChildren();
  });
}

// The answer that was too slow may come before we have asked how old the page is, or after.
let isNewerThere = false;

function hear(event) {
  if (event.data?.tell !== "newer") return;
  isNewerThere = true;
  const shown = banner.querySelector("[data-from]");
  if (shown) say(banner.dataset.newer, new Date(shown.dataset.from));
}

// Something that was pressed needed a network: the event has the sentence.
document.addEventListener("network:none", (event) => {
  const note = document.createElement("p");
  note.className = "note note--warning";
  note.textContent = event.detail;
  banner?.replaceChildren(note);
});

if ("serviceWorker" in navigator && "caches" in window && banner) {
  navigator.serviceWorker.addEventListener("message", hear);
  navigator.serviceWorker.startMessages();
  begin();
  navigator.serviceWorker.addEventListener("controllerchange", keepThis);
  // Another time, perhaps: without it the pages are as they are.
  const { worker } = banner.dataset;
  if (worker) navigator.serviceWorker.register(worker).catch(() => {});
}
