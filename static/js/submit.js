/* A form is sent once: a second tap while the first is under way does nothing. The button keeps its place in the
   form data, so it is marked with aria-disabled and not disabled. A form with data-repeat (a download) may be sent
   again at once. */
(function () {
  "use strict";
  const underWay = new Set();

  function mark(form, busy) {
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      if (busy) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  function release(form) {
    underWay.delete(form);
    mark(form, false);
  }

  document.addEventListener(
    "submit",
    function (event) {
      const form = event.target;
      if (form.method !== "post" || "repeat" in form.dataset) return;
      if (underWay.has(form)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      underWay.add(form);
      mark(form, true);
    },
    true
  );
  document.addEventListener("htmx:afterRequest", function (event) {
    /* Not when a part of the form asked something by itself, such as its draft. */
    const form = event.detail.elt;
    if (underWay.has(form)) release(form);
  });
  /* Back to a page that the browser kept: everything can be sent again. */
  window.addEventListener("pageshow", function () {
    for (const form of Array.from(underWay)) release(form);
  });
})();
