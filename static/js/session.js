/* Warns two minutes before a sign-in ends and lets somebody stay with one click. When it did end, what was written
   stays in the page, out of sight, and he signs in again in a dialog. How long there is left, the server knows:
   another tab may have put it off. Nothing is stored in the browser. */
(function () {
  "use strict";
  const box = document.querySelector("[data-session]");
  if (!box) return;
  const warning = box.querySelector("[data-session-warning]");
  const over = box.querySelector("[data-session-over]");
  const warn = Number(box.dataset.sessionWarn) * 1000;
  const again = 15000;
  let ends = 0;
  let timer = 0;
  let signedOut = false;

  function later(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, Math.max(0, wait));
  }

  function lasts(seconds) {
    ends = Date.now() + seconds * 1000;
    later(ends - warn - Date.now());
  }

  /* Signing in again makes the tokens of the page useless; these are the new ones. */
  function renew(token) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  /* What the server says: how long, for whom; null when nobody is signed in. Throws without a connection. */
  async function ask(options) {
    const answer = await fetch(box.dataset.sessionUrl, { redirect: "manual", cache: "no-store", ...options });
    if (answer.type === "opaqueredirect" || answer.status === 401) return null;
    if (!answer.ok) throw new Error("no answer");
    const state = await answer.json();
    renew(state.csrf);
    return state;
  }

  function tell(dialog, sentence) {
    dialog.querySelector("[data-session-problem]").textContent = sentence;
  }

  function showWarning() {
    const when = new Date(ends);
    const two = (number) => String(number).padStart(2, "0");
    warning.querySelector("[data-session-when]").textContent = two(when.getHours()) + "." + two(when.getMinutes());
    if (!warning.open && !over.open) {
      tell(warning, "");
      warning.showModal();
    }
  }

  function showOver() {
    window.clearTimeout(timer);
    signedOut = true;
    if (warning.open) warning.close();
    if (!over.open) {
      tell(over, "");
      over.showModal();
    }
  }

  function goOn(state) {
    if (String(state.wie) !== box.dataset.sessionUser) {
      window.location.assign("/");
      return;
    }
    if (signedOut) {
      const back = box.querySelector("[data-session-back]");
      document.querySelector("#meldingen").replaceChildren(back.content.cloneNode(true));
    }
    signedOut = false;
    if (warning.open) warning.close();
    if (over.open) over.close();
    lasts(state.seconden);
  }

  async function look() {
    let state = null;
    try {
      state = await ask();
    } catch (error) {
      if (Date.now() < ends) showWarning();
      later(again);
      return;
    }
    if (state === null) {
      showOver();
    } else if (state.seconden * 1000 > warn) {
      goOn(state);
    } else {
      ends = Date.now() + state.seconden * 1000;
      showWarning();
      later(ends + 1000 - Date.now());
    }
  }

  warning.querySelector("[data-session-stay]").addEventListener("submit", async function (event) {
    event.preventDefault();
    try {
      const state = await ask({ method: "POST", body: new FormData(event.target) });
      if (state === null) showOver();
      else goOn(state);
    } catch (error) {
      tell(warning, "Dat is niet gelukt: er is geen verbinding. Probeer het opnieuw.");
    }
  });

  const form = over.querySelector("[data-session-again]");

  /* After the password the code of the app. Who has no app yet goes on where he sets it up. When the password was
     right before, the server leads to its page for the code at once. */
  async function signedInAgain(answer) {
    const told = (answer.headers.get("Content-Type") || "").includes("json");
    const where = told ? (await answer.json()).location : answer.url;
    let state = await ask();
    if (state === null) {
      const sent = { method: "POST", body: new FormData(form), redirect: "manual", cache: "no-store" };
      const step = await fetch(form.dataset.secondStep, sent);
      if (step.status === 200) {
        tell(over, "Deze code klopt niet. Vul de cijfers in die nu in je app staan.");
        form.elements.code.value = "";
        return;
      }
      state = await ask();
    }
    form.elements.password.value = form.elements.code.value = "";
    if (state === null) window.location.assign(where);
    else goOn(state);
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    tell(over, "");
    try {
      const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
      if (answer.ok) await signedInAgain(answer);
      else if (answer.status === 400) {
        tell(over, "Dit wachtwoord klopt niet.");
        form.elements.password.value = "";
      }
      else tell(over, "Inloggen lukt nu niet. Wacht een minuut en probeer het opnieuw.");
    } catch (error) {
      tell(over, "Inloggen lukt niet: er is geen verbinding. Probeer het opnieuw.");
    }
    if (over.open) (form.elements.password.value ? form.elements.code : form.elements.password).focus();
  });
  /* What stands behind it is about residents: it comes back into sight after signing in. */
  over.addEventListener("cancel", function (event) {
    event.preventDefault();
  });
  over.addEventListener("close", function () {
    if (signedOut) over.showModal();
  });

  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status === 401) showOver();
    if (event.detail.xhr.status === 403) look();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "visible" && Date.now() > ends - warn) look();
  });
  /* Back to a page that the browser kept as it was: show it when its user is still signed in. */
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.body.hidden = true;
    ask().then(
      function (state) {
        if (state === null) window.location.reload();
        document.body.hidden = state === null;
      },
      function () {
        window.location.reload();
      }
    );
  });
  lasts(Number(box.dataset.sessionSeconds));
})();
