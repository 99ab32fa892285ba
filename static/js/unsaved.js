/* A form that could not be sent keeps what was written and says so. It marks itself with data-unsaved and holds a
   hidden message. Nothing is stored in the browser. */
(function () {
  "use strict";

  function tell(event, failed) {
    const form = event.target.closest ? event.target.closest("form[data-unsaved]") : null;
    if (!form) return;
    const message = form.querySelector("[data-unsaved-message]");
    message.hidden = !failed;
    if (failed) message.focus();
  }

  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, function (event) {
      tell(event, true);
    });
  }
  document.addEventListener("htmx:beforeRequest", function (event) {
    tell(event, false);
  });
})();
