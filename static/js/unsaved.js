/* A form that could not be sent keeps what was written and says so. It marks itself with data-unsaved and holds
   hidden messages. With data-draft in it, what stands in it is kept as a draft by the server too. Nothing is stored
   in the browser. */
(function () {
  "use strict";
  const failed = ["htmx:sendError", "htmx:timeout", "htmx:responseError"];

  function forms() {
    return Array.from(document.querySelectorAll("form[data-unsaved]"));
  }

  /* Where the server keeps its draft; none for a form without. */
  function draftOf(form) {
    return form.querySelector("[data-draft]");
  }

  /* The form that an event is about, when it is about sending the form itself. */
  function sent(event) {
    const element = event.detail.elt;
    return element && element.matches && element.matches("form[data-unsaved]") ? element : null;
  }

  /* The form of which the draft is about to be kept. */
  function drafted(event) {
    const element = event.detail.elt;
    return element && element.matches && element.matches("[data-draft]") ? element.closest("form") : null;
  }

  /* By the clock of the server when the form came, and how long it stood here since: what is typed later has a
     higher number, in whichever order it arrives and in however many tabs. */
  const came = new WeakMap();
  function turn(form) {
    const field = form.querySelector("[data-turn]");
    if (!field) return;
    if (!came.has(form)) came.set(form, performance.now());
    field.value = Math.max(
      Number(field.value) + 1,
      Number(field.dataset.turn) + Math.round(performance.now() - came.get(form))
    );
  }

  function tell(form, problem) {
    const message = form.querySelector("[data-unsaved-message]");
    message.hidden = !problem;
    if (problem && !draftOf(form)) form.dataset.notKept = "";
    connection();
    if (problem && !document.querySelector("dialog[open]")) message.focus();
  }

  function connection() {
    for (const form of forms()) {
      /* That it was not saved says it all. */
      const failedBefore = !form.querySelector("[data-unsaved-message]").hidden;
      form.querySelector("[data-unsaved-offline]").hidden = navigator.onLine || failedBefore;
    }
  }

  function draftFailed(form) {
    form.dataset.notKept = "";
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = "Nog geen concept bewaard. Blijf op deze pagina.";
  }

  for (const name of failed) {
    document.addEventListener(name, function (event) {
      if (sent(event)) tell(sent(event), true);
      /* Signed out, it was kept all the same. */
      const status = event.detail.xhr ? event.detail.xhr.status : 0;
      if (drafted(event) && status !== 401) draftFailed(drafted(event));
    });
  }
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (sent(event)) tell(sent(event), false);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    const form = drafted(event);
    if (!form || !event.detail.successful) return;
    if (event.detail.xhr.responseText.includes("data-refused")) {
      form.dataset.notKept = form.dataset.refused = "";
    } else {
      delete form.dataset.changed;
      delete form.dataset.notKept;
    }
  });
  document.addEventListener("input", function (event) {
    const form = event.target.closest ? event.target.closest("form[data-unsaved]") : null;
    if (!form) return;
    turn(form);
    form.dataset.changed = "";
    delete form.dataset.refused;
  });

  /* Somebody with a slow line writes before the scripts are there: that is kept too. */
  function differs(field) {
    if (field.type === "hidden" || !field.name) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return Array.from(field.options).some((each) => each.selected !== each.defaultSelected);
    return "defaultValue" in field && field.value !== field.defaultValue;
  }
  document.addEventListener("DOMContentLoaded", function () {
    for (const form of forms()) {
      if (Array.from(form.elements).some(differs)) form.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  /* Whoever walks away in the middle of a word finds that word in the draft. */
  window.addEventListener("pagehide", function () {
    for (const form of forms()) {
      if (!draftOf(form) || !("changed" in form.dataset) || "refused" in form.dataset) continue;
      navigator.sendBeacon(draftOf(form).getAttribute("hx-post"), new FormData(form));
    }
  });
  /* Only where no draft could be kept the browser asks whether he is sure. */
  window.addEventListener("beforeunload", function (event) {
    if (forms().some((form) => "notKept" in form.dataset)) event.preventDefault();
  });
  window.addEventListener("online", connection);
  window.addEventListener("offline", connection);
  document.addEventListener("htmx:afterSettle", connection);
  connection();
})();
