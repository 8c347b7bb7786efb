/** Finding and filling elements. Nothing here reads markup from text. */

/**
 * The first element that matches. The template promises that it is there.
 * @param {ParentNode} scope
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function one(scope, selector) {
  const found = scope.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new TypeError(`the page lacks ${selector}`);
  return found;
}

/**
 * All elements that match.
 * @param {ParentNode} scope
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(scope, selector) {
  return [...scope.querySelectorAll(selector)].filter((found) => found instanceof HTMLElement);
}

/**
 * A fresh copy of what a template holds.
 * @param {ParentNode} scope
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function copyOf(scope, selector) {
  const template = scope.querySelector(selector);
  if (!(template instanceof HTMLTemplateElement)) throw new TypeError(`the page lacks ${selector}`);
  const copy = template.content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new TypeError(`${selector} is empty`);
  return copy;
}

/**
 * Fills the elements that match with text, where the text is another (so that nothing is read out twice).
 * @param {ParentNode} scope
 * @param {string} selector
 * @param {string} text
 */
export function fill(scope, selector, text) {
  for (const element of scope.querySelectorAll(selector)) {
    if (element.textContent !== text) element.textContent = text;
  }
}

/**
 * Shows or hides all elements that match.
 * @param {ParentNode} scope
 * @param {string} selector
 * @param {boolean} shown
 */
export function show(scope, selector, shown) {
  for (const element of all(scope, selector)) element.hidden = !shown;
}

/**
 * Calls back when an element that matches, now or later, is pressed.
 * @param {HTMLElement} scope
 * @param {string} selector
 * @param {(element: HTMLElement) => void} pressed
 */
export function onPress(scope, selector, pressed) {
  scope.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target instanceof HTMLElement && scope.contains(target)) pressed(target);
  });
}

/**
 * Makes a list show these items: one element each, kept as long as its key is there, in this order.
 * @template Item
 * @param {HTMLElement} list
 * @param {Item[]} items
 * @param {{ key: (item: Item) => string, make: () => HTMLElement, update: (element: HTMLElement, item: Item) => void }} how
 */
export function reconcile(list, items, how) {
  const known = new Map([...list.children].map((child) => [child.getAttribute("data-id") ?? "", child]));
  const wanted = new Set(items.map(how.key));
  for (const [id, child] of known) {
    if (id !== "" && !wanted.has(id)) child.remove();
  }
  for (const item of items) {
    const id = how.key(item);
    let element = known.get(id);
    if (!(element instanceof HTMLElement)) {
      element = how.make();
      element.setAttribute("data-id", id);
      list.append(element);
    }
    if (element instanceof HTMLElement) how.update(element, item);
  }
}
