/** The thread panel: root, replies, and a composer of its own. */

import { getMessages } from './api.js';
import { Composer } from './composer.js';
import { fill, h, iconButton } from './dom.js';
import { t, tn } from './labels.js';
import { namedChannel } from './message.js';
import { RowCache, follows, pointOut, reconcile } from './messages.js';
import { collectNews, emit, on, setThread, state, threadMessages } from './store.js';

export function threadPanel(panel) {
  const cache = new RowCache();
  const list = h('div', { class: 'message-list', role: 'log', 'aria-live': 'polite', tabindex: '0' });
  const composer = new Composer('thread', () => ({ channel: state.thread?.channel ?? '', thread_ts: state.thread?.ts }));
  const head = h('header', { class: 'panel-head' });
  let shown = null;
  let count = 0;
  fill(panel, head, list, composer.form);

  function rows(messages) {
    const nodes = [];
    messages.forEach((message, i) => {
      nodes.push(cache.get(message, { follows: i > 1 && follows(messages[i - 1], message), inThread: true, redraw: show }));
      if (i === 0 && messages.length > 1) nodes.push(separator(messages.filter((one) => !one.ephemeral).length - 1));
    });
    return nodes;
  }

  const line = h('div', { class: 'thread-line' });
  const separator = (replies) => {
    line.textContent = replies > 0 ? tn('replies', replies) : '';
    return line;
  };

  function show() {
    panel.hidden = !state.thread;
    document.documentElement.classList.toggle('thread-open', Boolean(state.thread));
    if (!state.thread) {
      shown = null;
      return;
    }
    const { channel, ts } = state.thread;
    const key = `${state.me.id}/${channel}/${ts}`;
    const changed = key !== shown;
    if (changed) {
      cache.clear();
      shown = key;
      count = 0;
      list.scrollTop = 0;
    }
    panel.setAttribute('aria-label', t('thread'));
    fill(head, h('div', { class: 'panel-title' }, h('h2', {}, t('thread')), h('span', { class: 'muted' }, namedChannel(channel))),
      iconButton('close', t('closeThread'), { test: 'thread-close', onclick: () => emit('close-thread') }));
    const messages = threadMessages(channel, ts);
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    reconcile(list, messages.length ? rows(messages) : [h('div', { class: 'loading' }, t('loading'))]);
    const grew = messages.length > count && count > 0;
    if (grew && (atEnd || messages.at(-1).user === state.me.id)) list.scrollTop = list.scrollHeight;
    count = messages.length;
    if (changed) composer.show();
    if (state.highlight && messages.length && pointOut(list, state.highlight)) state.highlight = null;
  }

  on('thread', ({ channel, ts }) => { if (state.thread?.channel === channel && state.thread.ts === ts) show(); });
  on('thread-place', show);
  on('state', () => {
    show();
    if (state.thread) composer.show();
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) emit('close-thread');
  });
  return { focus: () => composer.input.focus({ preventScroll: true }) };
}

/** Fetch the open thread's messages. */
export async function loadThread() {
  const { channel, ts } = state.thread;
  const meanwhile = collectNews();
  try {
    const { messages } = await getMessages(state.me.id, channel, ts);
    if (state.thread?.channel === channel && state.thread.ts === ts) setThread(channel, ts, messages);
  } finally {
    meanwhile.apply();
  }
}
