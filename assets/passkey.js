// Passkeys: asks the browser for one and sends what it answers by the form of the page. Without this script such a form
// is not shown, and one signs in by a password.

const WITHOUT = "-_";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/[-_]/g, (letter) => "+/"[WITHOUT.indexOf(letter)])), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/[+/]/g, (letter) => WITHOUT["+/".indexOf(letter)])
    .replace(/=+$/, "");

const named = (credentials) => credentials?.map((one) => ({ ...one, id: bytes(one.id) }));

// What the server asks, in JSON, as the browser wants it: some of it is bytes.
function question(asked) {
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  if (asked.user) publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
  if (asked.allowCredentials) publicKey.allowCredentials = named(asked.allowCredentials);
  if (asked.excludeCredentials) publicKey.excludeCredentials = named(asked.excludeCredentials);
  return { publicKey };
}

// And what the browser answers, as JSON.
function answer(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response,
  });
}

async function ask(form) {
  const token = form.elements.namedItem("_token")?.value ?? "";
  const body = new URLSearchParams({ _token: token });
  const got = await fetch(form.dataset.options, { method: "POST", body });
  if (got.redirected) {
    // The session has ended: its page says so and what to do.
    location.assign(got.url);
    return false;
  }
  if (got.status === 403 && form.dataset.passkey === "create") {
    // Who it is must be shown again first: that page asks, and comes back.
    location.assign("/account/passkeys/new");
    return false;
  }
  if (!got.ok) throw new Error(`${got.status}`);
  const { ceremony, publicKey } = await got.json();
  const credential = await navigator.credentials[form.dataset.passkey](question(publicKey));
  form.querySelector("[data-passkey-ceremony]").value = ceremony;
  form.querySelector("[data-passkey-answer]").value = answer(credential);
  return true;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-passkey-none]").hidden = false;
    button.hidden = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    try {
      if (await ask(form)) form.submit();
    } catch {
      // Whoever changed their mind is told the same as whoever has none: what to do now.
      problem.hidden = false;
      button.disabled = false;
    }
  });
}
