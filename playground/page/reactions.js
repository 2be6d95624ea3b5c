/** Reactions under a message, and the picker: the flags first, then everything else, with a search. */

import { tryAct } from './api.js';
import { h, icon } from './dom.js';
import { t } from './labels.js';
import { emojiCharacter, emojiNode } from './mrkdwn.js';
import { closePopover, openPopover } from './popover.js';
import { state, userName } from './store.js';

const COMMON = [
  'thumbsup', 'heart', 'tada', 'eyes', 'white_check_mark', 'raised_hands', 'joy', 'fire', 'clap', 'rocket', 'thinking_face', 'pray', '100',
  'muscle', 'wave', 'ok_hand', 'sweat_smile', 'heart_eyes', 'open_mouth', 'cry', 'slightly_frowning_face', 'face_with_rolling_eyes',
  'heavy_plus_sign', 'heavy_minus_sign', 'x', 'question', 'exclamation', 'warning', 'hourglass', 'calendar', 'coffee', 'beers', 'handshake',
  'trophy', 'moneybag', 'euro', 'package', 'truck', 'robot_face', 'chart_with_downwards_trend', 'bell', 'sunglasses', 'star', 'zap',
];
const SEARCH_LIMIT = 72;

/** Set or take back one's own reaction. */
export function toggleReaction(message, name) {
  const mine = (message.reactions ?? []).find((one) => one.name === name)?.users.includes(state.me.id);
  return tryAct(mine ? 'unreact' : 'react', { channel: message.channel, ts: message.ts, name });
}

/** The row of reactions; empty where there are none. */
export function reactionRow(message) {
  if (!message.reactions?.length) return null;
  const add = h('button', {
    type: 'button', class: 'reaction add', test: 'add-reaction', 'aria-label': t('addReaction'), title: t('addReaction'), 'aria-haspopup': 'dialog',
    onclick: () => pickEmoji(add, (name) => toggleReaction(message, name)),
  }, icon('smile', 16));
  return h('div', { class: 'reactions' }, message.reactions.map((reaction) => {
    const mine = reaction.users.includes(state.me.id);
    const names = reaction.users.map((id) => (id === state.me.id ? t('you') : userName(id))).join(', ');
    const title = t('reactedWith', { names, emoji: reaction.name });
    return h('button', {
      type: 'button', class: `reaction${mine ? ' mine' : ''}`, test: `reaction-${reaction.name}`, 'aria-pressed': String(mine),
      'aria-label': title, title, onclick: () => toggleReaction(message, reaction.name),
    }, emojiNode(reaction.name), h('span', { class: 'count' }, reaction.count ?? reaction.users.length));
  }), add);
}

function grid(names, choose) {
  return h('div', { class: 'emoji-grid' }, names.map((name) => h('button', {
    type: 'button', class: 'emoji-choice', test: `emoji-${name}`, 'aria-label': name.replaceAll('_', ' '), title: `:${name}:`, onclick: () => choose(name),
  }, emojiCharacter(name))));
}

/** Let the person choose an emoji; `choose` gets its name. */
export function pickEmoji(anchor, choose) {
  const known = (names) => names.filter((name) => emojiCharacter(name));
  const flags = known(state.flagEmoji);
  const pick = (name) => {
    closePopover();
    choose(name);
  };
  const results = h('div', { class: 'emoji-results' });
  const show = (typed) => {
    const wanted = typed.trim().toLowerCase().replaceAll(':', '').replaceAll(' ', '_');
    if (wanted) {
      const found = Object.keys(state.emoji).filter((name) => name.includes(wanted)).sort((a, b) => a.indexOf(wanted) - b.indexOf(wanted) || a.length - b.length);
      results.replaceChildren(found.length ? grid(found.slice(0, SEARCH_LIMIT), pick) : h('div', { class: 'select-note' }, t('noMatches')));
      return;
    }
    const rest = known(COMMON).filter((name) => !flags.includes(name));
    results.replaceChildren(...[
      flags.length ? h('div', { class: 'menu-heading' }, t('emojiFlags')) : null, flags.length ? grid(flags, pick) : null,
      h('div', { class: 'menu-heading' }, t('emojiAll')), grid(rest, pick),
    ].filter(Boolean));
  };
  const search = h('input', {
    type: 'search', class: 'select-search', test: 'emoji-search', placeholder: t('emojiSearch'), 'aria-label': t('emojiSearch'), autofocus: true,
    oninput: () => show(search.value),
    onkeydown: (event) => { if (event.key === 'Enter') results.querySelector('button')?.click(); },
  });
  show('');
  openPopover(anchor, h('div', { class: 'emoji-picker', test: 'emoji-picker' }, h('div', { class: 'select-head' }, icon('search', 15), search), results), { align: 'end', label: t('addReaction') });
}
