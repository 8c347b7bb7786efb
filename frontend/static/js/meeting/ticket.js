/** Asks the server for the ticket that opens a socket. */

/** Nobody may enter with what this page has: signed out, not a party, or the meeting is over. */
export class NoTicket extends Error {
  /** @param {number} status */
  constructor(status) {
    super("no ticket");
    this.status = status;
  }
}

/**
 * @param {string} url
 * @param {string} csrf
 * @param {boolean} takeover whether a connection of the same person is to be replaced
 * @returns {Promise<string>}
 * @throws {NoTicket} when the server refuses; any other error is the network's
 */
export async function fetchTicket(url, csrf, takeover) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ takeover }),
    credentials: "same-origin",
    redirect: "manual", // To the sign-in, say: an answer without a ticket like any other refusal.
    cache: "no-store",
  });
  if (response.status >= 500) throw new TypeError("server failed");
  if (!response.ok) throw new NoTicket(response.status);
  const answer = await response.json();
  return String(answer.ticket);
}
