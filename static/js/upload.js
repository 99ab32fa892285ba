/* Shows how far an upload is. Without this script the form sends the file by itself, without a bar.
   The page that follows comes from the server; here is only the bar, a way to stop, and one sentence when it fails. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button[type=submit]");
  const stop = form.querySelector("[data-upload-stop]");
  const panel = form.querySelector("[data-upload-progress]");
  const bar = panel.querySelector("progress");
  const text = panel.querySelector("[data-upload-text]");
  const said = panel.querySelector("[data-upload-said]");
  const problem = form.querySelector("[data-upload-problem]");
  const number = new Intl.NumberFormat("nl-NL", { maximumFractionDigits: 1 });
  let sending = null;

  function megabytes(bytes) {
    return number.format(bytes / 1048576);
  }

  function busy(on) {
    panel.hidden = stop.hidden = !on;
    input.disabled = button.disabled = on;
    if (!on) {
      sending = null;
      window.removeEventListener("beforeunload", warn);
    }
  }

  function fail(sentence) {
    busy(false);
    problem.hidden = false;
    problem.querySelector("p:last-child").textContent = sentence;
    input.focus();
  }

  function warn(event) {
    event.preventDefault();
  }

  function show(event) {
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded / event.total) * 100);
    bar.value = percent;
    text.textContent = megabytes(event.loaded) + " van " + megabytes(event.total) + " MB (" + percent + "%)";
    /* A screen reader hears it four times, not a thousand. */
    const quarter = Math.floor(percent / 25) * 25 + "% geüpload";
    if (said.textContent !== quarter) said.textContent = quarter;
  }

  function answered() {
    let answer = {};
    try {
      answer = JSON.parse(sending.responseText);
    } catch (error) {
      answer = {};
    }
    if (answer.naar) {
      window.removeEventListener("beforeunload", warn);
      window.location.assign(answer.naar);
    } else {
      fail(answer.fout || "Het uploaden is niet gelukt. Ververs de pagina en probeer het opnieuw.");
    }
  }

  form.addEventListener("submit", function (event) {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    if (sending) return;
    problem.hidden = true;
    if (file.size > Number(form.dataset.max)) {
      fail(form.dataset.tooLarge);
      return;
    }
    const body = new FormData(form);
    sending = new XMLHttpRequest();
    sending.open("POST", window.location.href);
    sending.setRequestHeader("Accept", "application/json");
    sending.upload.addEventListener("progress", show);
    sending.addEventListener("load", answered);
    sending.addEventListener("error", function () {
      fail("De verbinding is verbroken. Er is niets opgeslagen. Probeer het opnieuw.");
    });
    sending.addEventListener("abort", function () {
      fail("Je hebt het uploaden gestopt. Er is niets opgeslagen.");
    });
    window.addEventListener("beforeunload", warn);
    busy(true);
    stop.focus();
    sending.send(body);
  });
  stop.addEventListener("click", function () {
    if (sending) sending.abort();
  });
})();
