/** The list of messages of a channel: grouped, divided by days, kept at its end while new ones come in. */

import { h, icon } from './dom.js';
import { t } from './labels.js';
import { messageRow, namedChannel } from './message.js';
import { channelById, channelMessages, emit, nowMs, state } from './store.js';
import { ago, dayKey, dayName, tsToMs } from './time.js';

const GROUP_SECONDS = 300;
const NEAR_END = 120; // pixels from the end that still count as reading the newest

/** True where a message continues the one before, so that the name need not be said again. */
export function follows(previous, message) {
  if (!previous || previous.user !== message.user || Boolean(previous.ephemeral) !== Boolean(message.ephemeral)) return false;
  if (message.broadcast || previous.broadcast) return false;
  return Number(message.ts) - Number(previous.ts) < GROUP_SECONDS && dayKey(tsToMs(previous.ts)) === dayKey(tsToMs(message.ts));
}

/** Rows drawn once and kept while nothing in their message changes, so that focus and menus survive updates. */
export class RowCache {
  constructor() {
    this.rows = new Map();
  }

  clear() {
    this.rows.clear();
  }

  get(message, options) {
    const spoken = message.latest_reply ? ago(tsToMs(message.latest_reply)) : '';
    const key = JSON.stringify([message, options.follows, state.me.id, state.language, spoken, dayKey(nowMs())]);
    const known = this.rows.get(message.ts);
    if (known && (known.key === key || known.row.querySelector('.editor'))) return known.row; // never lose what is being typed
    const row = messageRow(message, {
      ...options,
      redraw: () => {
        this.rows.delete(message.ts);
        options.redraw();
      },
    });
    this.rows.set(message.ts, { key, row });
    return row;
  }
}

/** Make the node's children exactly `wanted`, moving as little as possible (a moved node would lose its focus). */
export function reconcile(node, wanted) {
  const keep = new Set(wanted);
  for (const child of [...node.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((child, i) => {
    if (node.children[i] !== child) node.insertBefore(child, node.children[i] ?? null);
  });
}

/** Point a message out: bring it into view and let it glow once. */
export function pointOut(container, ts) {
  const row = container.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (!row) return false;
  row.scrollIntoView({ block: 'center' });
  row.classList.remove('highlight');
  requestAnimationFrame(() => row.classList.add('highlight'));
  row.addEventListener('animationend', () => row.classList.remove('highlight'), { once: true });
  row.focus({ preventScroll: true });
  return true;
}

/** The list for the main panel. Returns its node and `show()`. */
export function messageList() {
  const cache = new RowCache();
  const dividers = new Map();
  const inner = h('div', { class: 'message-rows' });
  const list = h('div', { class: 'message-list', role: 'log', 'aria-live': 'polite', test: 'message-list', tabindex: '0' }, inner);
  const jump = h('button', { type: 'button', class: 'jump', test: 'new-messages', hidden: true, onclick: () => toEnd() }, icon('down', 15), t('newMessages'));
  let shownChannel = null;
  let newest = null;
  let sticky = true;

  const toEnd = () => { list.scrollTop = list.scrollHeight; };
  const nearEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  list.addEventListener('scroll', () => {
    sticky = nearEnd();
    if (sticky) jump.hidden = true;
  });
  const grown = new ResizeObserver(() => { if (sticky) toEnd(); }); // pictures and charts arrive after their rows
  grown.observe(list);
  grown.observe(inner);

  const divider = (ms) => {
    const key = dayKey(ms);
    if (!dividers.has(key)) dividers.set(key, h('div', { class: 'day', test: 'day', role: 'separator' }, h('span', {})));
    const node = dividers.get(key);
    node.firstChild.textContent = dayName(ms);
    return node;
  };

  const beginning = (channel) => h('div', { class: 'beginning' }, channel.kind === 'im' ? t('emptyDm', { name: namedChannel(channel.id) }) : t('emptyChannel', { name: namedChannel(channel.id) }), channel.topic ? h('p', { class: 'muted' }, channel.topic) : null);

  function rows(channel) {
    const nodes = [];
    let previous = null;
    for (const message of channelMessages(channel.id)) {
      const ms = tsToMs(message.ts);
      if (!previous || dayKey(tsToMs(previous.ts)) !== dayKey(ms)) nodes.push(divider(ms));
      nodes.push(cache.get(message, { follows: follows(previous, message), inThread: false, redraw: show }));
      previous = message;
    }
    return { nodes, last: previous };
  }

  function show() {
    const channel = channelById(state.place.channel);
    if (!channel) return;
    const changed = shownChannel !== `${state.me.id}/${channel.id}`;
    if (changed) {
      cache.clear();
      dividers.clear();
      shownChannel = `${state.me.id}/${channel.id}`;
      sticky = true;
      jump.hidden = true;
    }
    if (!state.messages.has(channel.id)) {
      reconcile(inner, [h('div', { class: 'loading' }, t('loading'))]);
      return;
    }
    const { nodes, last } = rows(channel);
    const wasSticky = sticky;
    reconcile(inner, nodes.length ? nodes : [beginning(channel)]);
    const own = last?.user === state.me.id;
    if (wasSticky || (own && last?.ts !== newest)) toEnd();
    else if (!changed && last && last.ts !== newest) jump.hidden = false;
    newest = last?.ts ?? null;
    if (state.highlight && pointOut(list, state.highlight)) {
      state.highlight = null;
      sticky = nearEnd();
      emit('highlighted');
    }
  }

  /** Open the newest own message for editing, as Arrow Up in an empty composer does. */
  const editLast = () => {
    const own = channelMessages(state.place.channel).filter((message) => message.user === state.me.id && !message.ephemeral).at(-1);
    const row = own ? cache.rows.get(own.ts)?.row : null;
    row?.startEdit();
    return Boolean(row);
  };

  return { node: h('div', { class: 'message-area' }, list, jump), show, toEnd, editLast };
}
