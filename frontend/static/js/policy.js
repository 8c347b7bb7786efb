/**
 * The pages' only Trusted Types policy, `motas`: a script or worker may come from our own /static/ and nowhere else.
 */

const OWN_FOLDER = "/static/";

/**
 * The whole address, if it is one of our own files.
 * @param {string} address
 * @returns {string}
 */
function ownAddress(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(OWN_FOLDER)) {
    throw new TypeError("Only own files may run here");
  }
  return url.href;
}

/**
 * @typedef {object} Policy
 * @property {(address: string) => string} createScriptURL
 */

/** @type {{ trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }} */
const browser = /** @type {any} */ (globalThis);

const policy = browser.trustedTypes?.createPolicy("motas", { createScriptURL: ownAddress });

/**
 * An address that may be given to `new Worker`. Throws TypeError for anything but our own files.
 * @param {string} address
 * @returns {string}
 */
export function trusted(address) {
  return policy ? policy.createScriptURL(address) : ownAddress(address);
}
