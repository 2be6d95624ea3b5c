/** Small helpers to build DOM nodes. Text always becomes a text node, so no message can bring in markup. */

import { ICONS } from './icons.js';

const SVG_NS = 'http://www.w3.org/2000/svg';
const SAFE_PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);

function apply(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'class') node.setAttribute('class', value);
  else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (name === 'test') node.setAttribute('data-testid', value);
  else if (name in node && ['value', 'checked', 'disabled', 'hidden', 'selected', 'htmlFor'].includes(name)) {
    node[name] = value;
  } else node.setAttribute(name, value === true ? '' : String(value));
}

/** Append children: nodes, strings, numbers, nested lists; null and false are left out. */
export function append(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** An HTML element. `on…` attributes are listeners, `test` is the data-testid. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) apply(node, name, value);
  return append(node, ...children);
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG_NS, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  return append(node, ...children);
}

/** One of the page's own line icons, hidden from screen readers: the control around it carries the label. */
export function icon(name, size = 18) {
  const node = svg('svg', {
    viewBox: '0 0 24 24', width: size, height: size, class: `icon icon-${name}`, 'aria-hidden': 'true',
    fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round',
  });
  for (const path of ICONS[name]) node.append(svg('path', { d: path }));
  return node;
}

/** A button with an icon only; the label is its accessible name and tooltip. */
export function iconButton(name, label, attributes = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, ...attributes }, icon(name));
}

/** The address if a browser may open it safely (http, https, mailto), otherwise null. */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.origin);
    return SAFE_PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens in a new tab, or plain text where the address is not one to open. */
export function link(address, ...children) {
  const href = safeUrl(address);
  if (href === null) return h('span', {}, ...children);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, ...children);
}

let serial = 0;
/** An id that is unique on the page, for labels and descriptions. */
export function uniqueId(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}
