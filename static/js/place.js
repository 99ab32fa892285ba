/* Back on a list by its link one finds it as one left it: where one was, beside the filters that the address carries.
   What is kept until the tab closes is that address and a number of pixels: no words that were searched, nobody. */
(function () {
  "use strict";
  const KEY = "plek";
  const list = document.querySelector("[data-keep-place]");
  if (!list) return;

  function here() {
    return window.location.pathname + window.location.search;
  }

  /* The browser itself knows it on the way back; and who comes from the menu begins at the top. */
  function cameFromWithin() {
    if (performance.getEntriesByType("navigation")[0].type !== "navigate" || !document.referrer) return false;
    const from = new URL(document.referrer);
    return from.origin === window.location.origin && from.pathname.startsWith(list.dataset.keepPlace);
  }

  const kept = JSON.parse(window.sessionStorage.getItem(KEY) || "[]");
  if (kept[0] === here() && cameFromWithin()) window.scrollTo({ top: kept[1], behavior: "instant" });
  window.addEventListener("pagehide", function () {
    window.sessionStorage.setItem(KEY, JSON.stringify([here(), Math.round(window.scrollY)]));
  });
})();
