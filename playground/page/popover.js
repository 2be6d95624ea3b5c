/** Menus and other things that float over the page: placed beside their button, closed by Escape or a click outside. */

import { h } from './dom.js';

let current = null;

/** Close what is open, giving the focus back to its button. */
export function closePopover(refocus = true) {
  if (!current) return;
  const { node, anchor, onClose, listeners, grown } = current;
  current = null;
  grown.disconnect();
  const hadFocus = node.contains(document.activeElement);
  node.remove();
  anchor.setAttribute('aria-expanded', 'false');
  for (const [type, listener] of listeners) document.removeEventListener(type, listener, true);
  window.removeEventListener('resize', closePopover);
  if (refocus && hadFocus && anchor.isConnected) anchor.focus();
  onClose?.();
}

/** Below its button, or above where it doesn't fit below; there it stays while a list shrinks under the typing. */
function place(node, anchor, align) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const below = window.innerHeight - box.bottom;
  if (below < height + 12 && below < box.top) node.dataset.above = 'true';
  const top = node.dataset.above ? box.top - height - 6 : box.bottom + 6;
  const left = align === 'end' ? box.right - width : box.left;
  node.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`;
  node.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
}

/** Show `content` beside `anchor`. Pressing the same button again closes it. Returns the popover's node or null. */
export function openPopover(anchor, content, { align = 'start', label = '', role = 'dialog', className = '', onClose = null, focus = true } = {}) {
  const again = current?.anchor === anchor;
  closePopover(false);
  if (again) return null;
  const node = h('div', { class: `popover ${className}`, role, 'aria-label': label || null, tabindex: '-1' }, content);
  (anchor.closest('dialog') ?? document.body).append(node);
  anchor.setAttribute('aria-expanded', 'true');
  const outside = (event) => {
    if (!node.contains(event.target) && !anchor.contains(event.target)) closePopover(false);
  };
  const escape = (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    closePopover();
  };
  const scrolled = (event) => {
    if (node.contains(event.target)) return;
    delete node.dataset.above;
    place(node, anchor, align);
  };
  const grown = new ResizeObserver(() => place(node, anchor, align)); // options come later than the list
  const listeners = [['pointerdown', outside], ['keydown', escape], ['scroll', scrolled]];
  for (const [type, listener] of listeners) document.addEventListener(type, listener, true);
  window.addEventListener('resize', closePopover);
  current = { node, anchor, onClose, listeners, grown };
  place(node, anchor, align);
  grown.observe(node);
  if (focus) (node.querySelector('[autofocus], input, button, [tabindex="0"]') ?? node).focus({ preventScroll: true });
  return node;
}

function moveFocus(event, selector) {
  const items = [...event.currentTarget.querySelectorAll(selector)];
  const at = items.indexOf(document.activeElement);
  const target = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key];
  if (target === undefined || !items.length) return;
  event.preventDefault();
  items[target].focus();
}

/**
 * A menu of actions. Items: {label, hint?, icon?, test?, danger?, checked?, run} or {divider: true} or {heading}.
 * Arrow keys move, Enter chooses.
 */
export function openMenu(anchor, items, options = {}) {
  const list = h('div', { class: 'menu', onkeydown: (event) => moveFocus(event, '[role^=menuitem]') }, items.map((item) => {
    if (item.divider) return h('hr', { class: 'menu-divider' });
    if (item.heading) return h('div', { class: 'menu-heading' }, item.heading);
    return h('button', {
      type: 'button', role: item.checked === undefined ? 'menuitem' : 'menuitemradio', class: `menu-item${item.danger ? ' danger' : ''}`,
      test: item.test, 'aria-checked': item.checked === undefined ? null : String(item.checked),
      onclick: () => {
        closePopover();
        item.run();
      },
    }, item.before ?? null, h('span', { class: 'menu-text' }, h('span', {}, item.label), item.hint ? h('small', {}, item.hint) : null), item.after ?? null);
  }));
  return openPopover(anchor, list, { role: 'menu', ...options });
}
