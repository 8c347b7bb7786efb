/**
 * Signs in by a key, or makes one (WebAuthn level 2), on a form: it asks the server what to ask the browser, lets the
 * person answer on their device, and sends the answer with the form. JSON carries bytes as base64url without padding.
 * When anything fails the form is sent without an answer: the server's page says what to do next.
 */

/**
 * @typedef {{ challenge: string, user?: { id: string, name: string, displayName: string },
 *   allowCredentials?: { id: string, type: "public-key" }[], excludeCredentials?: { id: string, type: "public-key" }[],
 *   [more: string]: unknown }} Asked
 */

/**
 * Bytes of base64url. Throws for anything else.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
}

/**
 * Base64url of bytes, without padding.
 * @param {ArrayBuffer | Uint8Array} bytes
 * @returns {string}
 */
export function textOf(bytes) {
  const signs = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * What the server asks, as the browser wants it: bytes where JSON has text.
 * @param {Asked} asked
 * @returns {any}
 */
export function optionsOf(asked) {
  /** @param {{ id: string }} one */
  const withBytes = (one) => ({ ...one, id: bytesOf(one.id) });
  const given = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined);
  /** @type {Record<string, unknown>} */
  const options = { ...Object.fromEntries(given), challenge: bytesOf(asked.challenge) };
  if (asked.user) options.user = withBytes(asked.user);
  if (asked.allowCredentials) options.allowCredentials = asked.allowCredentials.map(withBytes);
  if (asked.excludeCredentials) options.excludeCredentials = asked.excludeCredentials.map(withBytes);
  return options;
}

/**
 * What the browser answered, as JSON's values.
 * @param {{ id: string, rawId: ArrayBuffer, type: string, response: object }} credential
 * @returns {Record<string, unknown>}
 */
export function answerOf(credential) {
  /** @type {Record<string, unknown>} */
  const response = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    const value = /** @type {Record<string, unknown>} */ (credential.response)[name];
    if (value instanceof ArrayBuffer) response[name] = textOf(value);
  }
  return { id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response };
}

/**
 * Lets the person answer on their device.
 * @param {string} what `get` or `create`
 * @param {Asked} asked
 * @returns {Promise<string>}
 */
async function answered(what, asked) {
  const publicKey = optionsOf(asked);
  const found = await (what === "create"
    ? navigator.credentials.create({ publicKey })
    : navigator.credentials.get({ publicKey }));
  if (!found) throw new Error("no answer");
  return JSON.stringify(answerOf(/** @type {PublicKeyCredential} */ (found)));
}

/**
 * Asks the server; null when it led elsewhere (to sign in again), where the page then goes.
 * @param {HTMLFormElement} form
 * @returns {Promise<Asked | null>}
 */
async function askServer(form) {
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  const headers = { "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
  const response = await fetch(form.dataset.ask ?? "", {
    method: "POST",
    headers,
    credentials: "same-origin",
  });
  if (response.redirected) {
    location.assign(response.url);
    return null;
  }
  if (!response.ok) throw new Error(`asked in vain: ${response.status}`);
  return (await response.json()).publicKey;
}

/** @param {HTMLElement} element */
export function start(element) {
  const form = /** @type {HTMLFormElement} */ (element);
  const answer = /** @type {HTMLInputElement} */ (form.elements.namedItem("answer"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const asked = await askServer(form);
      if (!asked) return;
      answer.value = await answered(form.dataset.do ?? "get", asked);
    } catch {
      answer.value = "";
    }
    form.submit();
  });
}
