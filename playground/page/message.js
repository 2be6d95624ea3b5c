/** One message: picture, name, time, text or blocks, files, reactions, thread line and its tools. */

import { tryAct } from './api.js';
import { renderBlocks } from './blocks.js';
import { confirmed } from './confirm.js';
import { h, icon, iconButton, link, safeUrl } from './dom.js';
import { t, tn } from './labels.js';
import { asTyped, emojiNode, mrkdwn, onlyEmoji } from './mrkdwn.js';
import { avatar } from './people.js';
import { openMenu } from './popover.js';
import { pickEmoji, reactionRow, toggleReaction } from './reactions.js';
import { permalink } from './routes.js';
import { bot, channelById, channelLabel, dismiss, emit, state, userName } from './store.js';
import { Surface } from './surface.js';
import { ago, clockTime, fullDateTime, locale, tsToMs } from './time.js';

const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
const rootOf = (message) => message.thread_ts ?? message.ts;

function sizeText(bytes) {
  const units = [[1_048_576, 'MB'], [1024, 'KB']];
  const [size, unit] = units.find(([limit]) => bytes >= limit) ?? [1, 'B'];
  return `${(bytes / size).toLocaleString(locale(), { maximumFractionDigits: 1 })} ${unit}`;
}

function file(one) {
  const href = safeUrl(one.url ?? '');
  const name = one.name ?? one.title ?? one.id;
  if (href && /^image\/(png|jpe?g|gif|webp|avif|svg)/.test(one.mimetype ?? '')) {
    return h('a', { class: 'file-image', test: 'file', href, target: '_blank', rel: 'noopener noreferrer', 'aria-label': t('fileOpen', { name }) }, h('img', { src: href, alt: name, loading: 'lazy' }));
  }
  const body = [h('span', { class: 'file-icon' }, icon('file', 20)), h('span', { class: 'file-text' }, h('strong', {}, name), h('small', {}, [one.mimetype, one.size ? sizeText(one.size) : null].filter(Boolean).join(' · ')))];
  return href ? h('a', { class: 'file', test: 'file', href, target: '_blank', rel: 'noopener noreferrer', 'aria-label': t('fileOpen', { name }) }, body) : h('span', { class: 'file', test: 'file' }, body);
}

function containerOf(message) {
  return {
    type: 'message', channel: message.channel, ts: message.ts, ephemeral: Boolean(message.ephemeral),
    ...(isReply(message) ? { thread_ts: message.thread_ts } : {}),
  };
}

function attachment(one, surface) {
  return h('div', { class: 'attachment' }, one.pretext ? h('div', { class: 'text' }, mrkdwn(one.pretext)) : null, one.blocks?.length
    ? renderBlocks(one.blocks, surface)
    : [one.title ? h('strong', {}, one.title_link ? link(one.title_link, one.title) : one.title) : null, h('div', { class: 'text' }, mrkdwn(one.text ?? one.fallback ?? ''))]);
}

function content(message) {
  const surface = new Surface({ container: containerOf(message), blocks: message.blocks ?? [] });
  const text = message.blocks?.length ? null : message.text;
  const edited = message.edited && !message.is_bot ? h('span', { class: 'edited', test: 'edited' }, t('edited')) : null;
  return [
    message.blocks?.length ? h('div', { class: 'message-blocks', test: 'message-text' }, renderBlocks(message.blocks, surface), edited) : null,
    text ? h('div', { class: `text message-text${onlyEmoji(text) ? ' jumbo' : ''}`, test: 'message-text' }, mrkdwn(text), edited ? [' ', edited] : null) : null,
    (message.attachments ?? []).map((one) => attachment(one, surface)),
    message.files?.length ? h('div', { class: 'files' }, message.files.map(file)) : null,
  ];
}

function threadSummary(message, inThread) {
  if (inThread || !message.reply_count) return null;
  return h('button', { type: 'button', class: 'thread-summary', test: 'thread-summary', onclick: () => emit('open-thread', { channel: message.channel, ts: rootOf(message) }) },
    h('span', { class: 'avatar-stack' }, (message.reply_users ?? []).slice(0, 4).map((id) => avatar(state.users[id], 'tiny'))),
    h('span', { class: 'thread-count' }, tn('replies', message.reply_count)),
    message.latest_reply ? h('span', { class: 'muted' }, t('lastReply', { when: ago(tsToMs(message.latest_reply)) })) : null,
    icon('right', 15));
}

async function remove(message) {
  const yes = await confirmed({ title: t('deleteMessage'), text: t('deleteQuestion'), confirm: t('delete'), style: 'danger' });
  if (yes) await tryAct('delete', { channel: message.channel, ts: message.ts });
}

/** Dismiss a note for good: here at once, and on the server. */
function hide(message) {
  dismiss(message.channel, message.ts);
  return tryAct('delete', { channel: message.channel, ts: message.ts });
}

async function copyLink(message) {
  const address = message.permalink ?? permalink(message);
  try {
    await navigator.clipboard.writeText(address);
    emit('notice', { text: t('copied') });
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    emit('notice', { text: address }); // the browser does not let the page write to its clipboard
  }
}

function moreItems(message, startEdit) {
  const own = message.user === state.me.id && !message.ephemeral;
  const shortcuts = state.shortcuts.filter((one) => one.type === 'message').map((one) => ({
    label: one.name, hint: bot() ? userName(bot().id) : t('theApp'), before: icon('bolt', 16), test: `shortcut-${one.callback_id}`,
    run: () => tryAct('message_shortcut', { channel: message.channel, ts: message.ts, callback_id: one.callback_id }),
  }));
  return [
    ...shortcuts, ...(shortcuts.length ? [{ divider: true }] : []),
    { label: t('reply'), before: icon('thread', 16), test: 'menu-thread', run: () => emit('open-thread', { channel: message.channel, ts: rootOf(message) }) },
    { label: t('copyLink'), before: icon('link', 16), test: 'menu-copy-link', run: () => copyLink(message) },
    ...(own ? [
      { divider: true },
      { label: t('edit'), before: icon('edit', 16), test: 'menu-edit', run: startEdit },
      { label: t('deleteMessage'), before: icon('trash', 16), test: 'menu-delete', danger: true, run: () => remove(message) },
    ] : []),
  ];
}

function toolbar(message, inThread, startEdit) {
  if (message.ephemeral) return null;
  const flag = state.flagEmoji[0];
  const more = iconButton('more', t('more'), { test: 'toolbar-more', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => openMenu(more, moreItems(message, startEdit), { align: 'end' }) });
  const react = iconButton('smile', t('addReaction'), { test: 'toolbar-react', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: () => pickEmoji(react, (name) => toggleReaction(message, name)) });
  return h('div', { class: 'toolbar', test: 'toolbar', role: 'toolbar', 'aria-label': t('more') },
    flag ? h('button', { type: 'button', class: 'icon-button', test: 'quick-flag', title: t('flagWith', { name: `:${flag}:` }), 'aria-label': t('flagWith', { name: `:${flag}:` }), onclick: () => toggleReaction(message, flag) }, emojiNode(flag)) : null,
    react,
    inThread ? null : iconButton('thread', t('reply'), { test: 'toolbar-reply', onclick: () => emit('open-thread', { channel: message.channel, ts: rootOf(message) }) }),
    more);
}

function editor(message, done) {
  const field = h('textarea', { class: 'input', rows: 2, test: 'message-text-edit', 'aria-label': t('edit'), value: asTyped(message.text) });
  const save = async () => {
    const text = field.value.trim();
    if (text && (await tryAct('edit', { channel: message.channel, ts: message.ts, text }))) done();
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      done();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  requestAnimationFrame(() => {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
  return h('div', { class: 'editor' }, field, h('div', { class: 'editor-buttons' },
    h('button', { type: 'button', class: 'button', test: 'cancel-edit', onclick: done }, t('cancel')),
    h('button', { type: 'button', class: 'button primary', test: 'save-edit', onclick: save }, t('save'))));
}

function byline(message, user) {
  const ms = tsToMs(message.ts);
  return h('div', { class: 'byline' },
    h('button', { type: 'button', class: 'author', 'data-user': message.user }, user ? userName(message.user) : message.username ?? message.user),
    message.is_bot ? h('span', { class: 'badge', test: 'app-badge' }, t('app')) : null,
    h('time', { class: 'time', datetime: new Date(ms).toISOString(), title: fullDateTime(ms) }, clockTime(ms)));
}

/**
 * A row of the list. `follows`: same person shortly after, so picture and name are left out.
 * `redraw` asks the list to draw this row anew after editing ended.
 */
export function messageRow(message, { follows = false, inThread = false, redraw = () => {} } = {}) {
  const user = state.users[message.user];
  const ms = tsToMs(message.ts);
  const body = h('div', { class: 'message-content' }, content(message));
  const startEdit = () => body.replaceChildren(editor(message, redraw));
  const classes = ['message', follows ? 'follows' : '', message.ephemeral ? 'ephemeral' : '', message.is_bot ? 'from-app' : ''].join(' ');
  const row = h('article', {
    class: classes, test: 'message', 'data-ts': message.ts, 'data-user': message.user, 'aria-label': `${userName(message.user)}, ${clockTime(ms)}`,
    tabindex: '-1', onclick: (event) => { if (!event.target.closest('a, button, input, textarea, select, label')) row.classList.toggle('touched'); },
  },
  h('div', { class: 'gutter' }, follows
    ? h('time', { class: 'time', datetime: new Date(ms).toISOString(), title: fullDateTime(ms) }, clockTime(ms))
    : h('button', { type: 'button', class: 'plain', 'data-user': message.user, 'aria-label': userName(message.user), tabindex: '-1' }, avatar(user))),
  h('div', { class: 'message-main' },
    message.ephemeral ? h('div', { class: 'ephemeral-note', test: 'ephemeral' }, icon('eye', 14), t('onlyYou')) : null,
    follows ? null : byline(message, user),
    message.broadcast && !inThread ? h('button', { type: 'button', class: 'broadcast-note', onclick: () => emit('open-thread', { channel: message.channel, ts: rootOf(message) }) }, icon('thread', 14), t('broadcast')) : null,
    body, reactionRow(message), threadSummary(message, inThread),
    message.ephemeral ? h('button', { type: 'button', class: 'link-button', test: 'dismiss', onclick: () => hide(message) }, t('dismiss')) : null),
  toolbar(message, inThread, startEdit));
  row.startEdit = startEdit;
  return row;
}

/** A channel's name with its sign, as the composer and empty lists say it. */
export function namedChannel(id) {
  const channel = channelById(id);
  if (!channel) return '';
  return channel.kind === 'im' ? channelLabel(channel) : `#${channelLabel(channel)}`;
}
