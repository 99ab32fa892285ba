/* Keeps what is under {{ static_url }} and one page for when there is no connection. Never another page, never an
   answer about somebody. Clear-Site-Data removes it all when somebody signs out. */
"use strict";
const CACHE = "bereik-{{ version }}";
const STATIC = "{{ static_url }}";
const OFFLINE = "{{ offline_url }}";
const FIRST = [OFFLINE{% for url in urls %}, "{{ url }}"{% endfor %}];

async function fromNetworkElseKept(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw error;
  }
}

async function pageElseOffline(request) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await caches.match(OFFLINE)) || Response.error();
  }
}

self.addEventListener("install", function (event) {
  self.skipWaiting();
  /* Without a cookie: what is kept is what anybody would get. */
  const requests = FIRST.map((url) => new Request(url, { credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", function (event) {
  const old = (names) => names.filter((name) => name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", function (event) {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(STATIC)) event.respondWith(fromNetworkElseKept(request));
  else if (request.mode === "navigate") event.respondWith(pageElseOffline(request));
});
