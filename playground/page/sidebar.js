/** The sidebar: channels, direct messages, the app, and whom one acts as. */

import { fill, h, icon } from './dom.js';
import { t } from './labels.js';
import { avatar } from './people.js';
import { openMenu } from './popover.js';
import { bot, botChannel, channelLabel, emit, on, state, userName } from './store.js';

function unreadBadge(id) {
  const count = state.unread.get(id);
  return count ? h('span', { class: 'unread', 'aria-label': t('newMessages') }, count > 9 ? '9+' : count) : null;
}

function row(channel, test, before) {
  const current = state.place.kind === 'channel' && state.place.channel === channel.id;
  return h('li', {}, h('button', {
    type: 'button', class: `side-row${current ? ' current' : ''}${state.unread.has(channel.id) ? ' has-unread' : ''}`, test,
    'aria-current': current ? 'page' : null, onclick: () => emit('open-channel', channel.id),
  }, before, h('span', { class: 'side-name' }, channelLabel(channel)), channel.is_ext_shared ? h('span', { class: 'shared', title: t('shared') }, icon('link', 14)) : null, unreadBadge(channel.id)));
}

function section(title, rows) {
  if (!rows.length) return null;
  return h('section', { class: 'side-section', 'aria-label': title }, h('h2', {}, title), h('ul', {}, rows));
}

function channels() {
  return state.channels.filter((one) => one.kind !== 'im').map((one) => row(one, `channel-${one.name}`, icon(one.kind === 'private' ? 'lock' : 'hash', 17)));
}

/** Everyone one can write to: open conversations, and people without one yet. */
function directMessages() {
  const open = new Map(state.channels.filter((one) => one.kind === 'im').map((one) => [one.user, one]));
  return state.people.filter((id) => id !== state.me.id && state.users[id]).map((id) => {
    const user = state.users[id];
    const channel = open.get(id);
    if (channel) return row(channel, `dm-${user.name}`, avatar(user, 'tiny'));
    return h('li', {}, h('button', { type: 'button', class: 'side-row', test: `dm-${user.name}`, onclick: () => emit('open-dm', id) }, avatar(user, 'tiny'), h('span', { class: 'side-name' }, userName(id))));
  });
}

function app() {
  const user = bot();
  if (!user) return [];
  const channel = botChannel();
  const current = state.place.kind === 'home' || (channel && state.place.channel === channel.id);
  return [h('li', {}, h('button', {
    type: 'button', class: `side-row${current ? ' current' : ''}${channel && state.unread.has(channel.id) ? ' has-unread' : ''}`, test: `app-${user.name}`, title: t('appAbout'),
    'aria-current': current ? 'page' : null, onclick: () => emit('open-home'),
  }, avatar(user, 'tiny'), h('span', { class: 'side-name' }, userName(user.id)), h('span', { class: `status-dot${state.botConnected ? ' on' : ''}`, title: t(state.botConnected ? 'botOn' : 'botOff') }), channel ? unreadBadge(channel.id) : null))];
}

/** The list of people to act as, with names and titles. */
export function openPeopleMenu(anchor, align = 'start') {
  openMenu(anchor, [{ heading: t('actAsHint') }, ...state.people.filter((id) => state.users[id]).map((id) => {
    const user = state.users[id];
    return {
      label: userName(id), hint: user.title, before: avatar(user, 'small'), checked: id === state.me.id, test: `person-menu-${user.name}`,
      after: id === state.me.id ? icon('check', 16) : null, run: () => emit('switch-person', id),
    };
  })], { align, label: t('actAs') });
}

function switcher() {
  const card = h('button', { type: 'button', class: 'me', test: 'person-menu', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': `${t('act_as')} ${userName(state.me.id)}`, onclick: () => openPeopleMenu(card) },
    avatar(state.me), h('span', { class: 'me-text', test: 'current-person', 'data-user': state.me.id }, h('small', {}, t('act_as')), h('strong', {}, userName(state.me.id)), h('span', { class: 'me-title' }, state.me.title)), icon('sort', 16));
  const others = state.people.filter((id) => state.users[id]);
  return h('div', { class: 'switcher' }, card, h('div', { class: 'switch-row', role: 'group', 'aria-label': t('actAs') }, others.map((id) => {
    const user = state.users[id];
    const name = [userName(id), user.title].filter(Boolean).join(', ');
    return h('button', { type: 'button', class: `switch${id === state.me.id ? ' current' : ''}`, test: `person-${user.name}`, title: name, 'aria-label': t('switchTo', { name }), 'aria-pressed': String(id === state.me.id), onclick: () => emit('switch-person', id) }, avatar(user, 'small'));
  })));
}

export function sidebar(node) {
  const scroll = h('div', { class: 'side-scroll' });
  const foot = h('div', {});
  fill(node, scroll, foot);
  const show = () => {
    if (!state.ready) return;
    node.setAttribute('aria-label', t('workspace'));
    fill(scroll, section(t('channels'), channels()), section(t('directMessages'), directMessages()), section(t('apps'), app()));
    fill(foot, switcher());
  };
  for (const topic of ['state', 'place', 'unread', 'channels', 'users', 'bot']) on(topic, show);
}
