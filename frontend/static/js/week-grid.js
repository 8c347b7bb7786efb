/**
 * The week as one tab stop: arrows go from block to block, up and down within a day, left and right to the block of the
 * same time in the next day that has one. Without this every block is a tab stop, and the list is the same.
 */

/** @typedef {{ day: number, minute: number }} Place */

/**
 * The index of the block that a key leads to; the same index where there is none.
 * @param {Place[]} places by day and time
 * @param {number} at
 * @param {string} key as `KeyboardEvent.key`
 * @param {boolean} mirrored whether the page is read from right to left
 * @returns {number}
 */
export function goesTo(places, at, key, mirrored = false) {
  const here = places[at];
  if (!here) return at;
  const same = places.map((place, index) => ({ ...place, index })).filter((place) => place.day === here.day);
  const among = same.findIndex((place) => place.index === at);
  if (key === "ArrowUp") return same[among - 1]?.index ?? at;
  if (key === "ArrowDown") return same[among + 1]?.index ?? at;
  if (key === "Home") return same[0]?.index ?? at;
  if (key === "End") return same[same.length - 1]?.index ?? at;
  if (key !== "ArrowLeft" && key !== "ArrowRight") return at;
  return beside(places, at, (key === "ArrowRight") !== mirrored ? 1 : -1);
}

/**
 * The block nearest in time, of the next day in a direction that has any.
 * @param {Place[]} places
 * @param {number} at
 * @param {1 | -1} direction
 * @returns {number}
 */
function beside(places, at, direction) {
  const here = /** @type {Place} */ (places[at]);
  let best = at;
  for (const [index, place] of places.entries()) {
    const away = (place.day - here.day) * direction;
    if (away <= 0) continue;
    const chosen = /** @type {Place} */ (places[best]);
    const so = best === at ? Number.POSITIVE_INFINITY : (chosen.day - here.day) * direction;
    const nearer = Math.abs(place.minute - here.minute) < Math.abs(chosen.minute - here.minute);
    if (away < so || (away === so && nearer)) best = index;
  }
  return best;
}

/** @param {HTMLElement} table */
export function start(table) {
  const links = [...table.querySelectorAll("a")].sort(
    (one, other) =>
      Number(one.dataset.day) - Number(other.dataset.day) ||
      Number(one.dataset.minute) - Number(other.dataset.minute),
  );
  const places = links.map((link) => ({
    day: Number(link.dataset.day),
    minute: Number(link.dataset.minute),
  }));
  for (const [index, link] of links.entries()) {
    link.tabIndex = index === 0 ? 0 : -1;
    link.addEventListener("focus", () => {
      for (const other of links) other.tabIndex = other === link ? 0 : -1;
    });
  }
  table.addEventListener("keydown", (event) => {
    const at = links.findIndex((link) => link === document.activeElement);
    const to = goesTo(places, at, event.key, document.dir === "rtl");
    if (at < 0 || to === at) return;
    event.preventDefault();
    links[to]?.focus();
  });
}
