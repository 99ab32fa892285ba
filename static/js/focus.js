/* Where the focus is: "/" goes to the search field, and after a part of the page was replaced the focus goes to the
   element in it that asks for it with data-focus. The menu on a phone starts at the page that is open. */
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

  for (const bar of document.querySelectorAll("[data-scroll-to-current]")) {
    const current = bar.querySelector("[aria-current]");
    if (current) bar.scrollLeft = current.offsetLeft - bar.offsetLeft - 16;
  }
})();
