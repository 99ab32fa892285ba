/* Where the focus is: "/" goes to the search field, and after a part of the page was replaced the focus goes to the
   element in it that asks for it with data-focus. Who took away the last filter is at the first of them, or at what
   opens them. */
(function () {
  "use strict";
  const writing = "input, textarea, select, [contenteditable]";

  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest && event.target.closest(writing)) return;
    const search = document.querySelector("[data-search], input[type=search]");
    if (!search) return;
    const fold = search.closest("details");
    if (fold) fold.open = true;
    event.preventDefault();
    search.focus();
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    const target = event.target.querySelector ? event.target.querySelector("[data-focus]") : null;
    if (target) target.focus();
  });

  /* The chip that was followed is gone and none took its place. */
  let filters = null;
  document.addEventListener("htmx:beforeRequest", function (event) {
    const chips = event.target.closest ? event.target.closest(".kit-chips") : null;
    filters = chips && chips.closest(".kit-filters");
  });
  document.addEventListener("htmx:afterSettle", function () {
    const lost = !document.activeElement || document.activeElement === document.body;
    if (!filters || !lost) return;
    /* On a wide screen the filters are always open and have nothing to open them with. */
    const seen = (one) => one.getClientRects().length > 0;
    const first = Array.from(filters.querySelectorAll("summary, input:not([type=hidden]), select")).find(seen);
    if (first) first.focus();
  });
})();
