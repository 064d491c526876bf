"use strict";
/* Talks to the passkeys of this device: one form signs in, another makes a passkey. What is asked comes from the page or its address. */
(function () {
  var form = document.querySelector("form[data-passkey]");
  if (!form) { return; }
  var button = form.querySelector("button"), told = form.querySelector("[role=alert]");
  var bytes = function (text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (one) { return one.charCodeAt(0); });
  };
  var text = function (buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  var opened = function (options) {
    var key = options.publicKey || options;
    key.challenge = bytes(key.challenge);
    if (key.user) { key.user.id = bytes(key.user.id); }
    ["allowCredentials", "excludeCredentials"].forEach(function (list) {
      (key[list] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return { publicKey: key };
  };
  var written = function (made) {
    var said = { clientDataJSON: text(made.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (made.response[name]) { said[name] = text(made.response[name]); }
    });
    if (made.response.getTransports) { said.transports = made.response.getTransports(); }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: said,
      authenticatorAttachment: made.authenticatorAttachment, clientExtensionResults: made.getClientExtensionResults() });
  };
  var failed = function () { told.hidden = false; button.disabled = false; };
  if (!window.PublicKeyCredential || /^[\d.]+$|:/.test(location.hostname)) {
    form.querySelector("[data-named]").hidden = false;
    button.disabled = true;
    return;
  }
  form.addEventListener("submit", async function (event) {
    if (form.dataset.ready) { return; }
    event.preventDefault();
    told.hidden = true;
    button.disabled = true;
    try {
      if (form.dataset.passkey === "make") {
        var made = await navigator.credentials.create(opened(JSON.parse(form.dataset.options)));
        form.elements.credential.value = written(made);
        form.dataset.ready = "yes";
        form.submit();
        return;
      }
      var asked = await (await fetch(form.dataset.options, { credentials: "same-origin" })).json();
      var shown = await navigator.credentials.get(opened(asked.options));
      var answer = await fetch(form.dataset.options, {
        method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": asked.token },
        body: new URLSearchParams({ credential: written(shown) })
      });
      if (!answer.ok) { failed(); return; }
      if (location.pathname.indexOf("/console/enter") === 0) { location.assign((await answer.json()).to); } else { location.reload(); }
    } catch (error) { failed(); }
  });
}());
