/* Lets a phone keep what is the same for everybody: style, script and a page for when there is no connection. */
(function () {
  "use strict";
  const script = document.querySelector("script[data-worker]");
  if (!script || !("serviceWorker" in navigator)) return;
  /* Without it everything works, so that it failed is nobody's concern. */
  navigator.serviceWorker.register(script.dataset.worker).catch(function () {});
})();
