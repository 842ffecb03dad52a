// Has the browser answer a challenge of ours, and sends the answer with the form.
const form = document.getElementById("passkey");
const failure = form.querySelector(".failure");
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const answer = async () => {
  const fields = new URLSearchParams();
  for (const name of ["request", "form_token", "challenge_token"]) {
    if (form.elements[name]) fields.set(name, form.elements[name].value);
  }
  const reply = await fetch("/oauth/passkey-challenges", {
    method: "POST",
    headers: { accept: "application/json" },
    body: fields,
  });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const { challenge_token, request_options: options } = await reply.json();
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: options.allowCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  form.elements.passkey_token.value = challenge_token;
  form.elements.credential.value = JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle && text(userHandle),
    },
  });
};

if (window.PublicKeyCredential) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.hidden = true;
    try {
      await answer();
      form.submit();
    } catch {
      failure.hidden = false;
    }
  });
}
