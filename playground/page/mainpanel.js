/** The middle of the page: a channel with its messages and composer, or the app with its two tabs. */

import { tryAct } from './api.js';
import { Composer } from './composer.js';
import { fill, h, icon } from './dom.js';
import { homePanel } from './home.js';
import { t, tn } from './labels.js';
import { messageList } from './messages.js';
import { mrkdwn } from './mrkdwn.js';
import { avatar } from './people.js';
import { bot, botChannel, channelById, channelLabel, emit, on, state, userName } from './store.js';

function tabs(current) {
  const tab = (name, label, run) => h('button', { type: 'button', role: 'tab', class: 'tab', test: `app-tab-${name}`, 'aria-selected': String(current === name), onclick: run }, label);
  return h('div', { class: 'tabs', role: 'tablist' }, tab('home', t('home'), () => emit('open-home')), tab('messages', t('messages'), () => emit('open-bot-messages')));
}

function members(channel) {
  const shown = (channel.members ?? []).filter((id) => state.users[id]);
  return h('div', { class: 'members', title: shown.map(userName).join(', ') },
    h('span', { class: 'avatar-stack', 'aria-hidden': 'true' }, shown.slice(0, 4).map((id) => avatar(state.users[id], 'tiny'))), h('span', {}, tn('members', channel.members?.length ?? 0)));
}

function channelHead(channel) {
  const im = channel.kind === 'im';
  return [
    im ? avatar(state.users[channel.user], 'small') : h('span', { class: 'head-sign' }, icon(channel.kind === 'private' ? 'lock' : 'hash', 19)),
    h('div', { class: 'head-text' }, h('h1', { test: 'channel-title' }, channelLabel(channel)), channel.topic ? h('div', { class: 'topic' }, mrkdwn(channel.topic)) : im && state.users[channel.user]?.title ? h('div', { class: 'topic' }, state.users[channel.user].title) : null),
    im ? null : members(channel),
  ];
}

/** Build the panel; returns what others need of it. */
export function mainPanel(node) {
  const head = h('header', { class: 'panel-head main-head' });
  const list = messageList();
  const composer = new Composer('channel', () => ({ channel: state.place.channel ?? '' }), { editLast: list.editLast });
  const join = h('div', { class: 'join-bar', hidden: true });
  const home = homePanel();
  const channelView = h('div', { class: 'channel-view' }, list.node, join, composer.form);
  fill(node, head, channelView, home.node);

  function showHead() {
    const app = bot();
    const channel = channelById(state.place.channel);
    const isApp = state.place.kind === 'home' || (channel && channel.id === botChannel()?.id);
    if (isApp && app) fill(head, avatar(app, 'small'), h('div', { class: 'head-text' }, h('h1', { test: 'channel-title' }, userName(app.id))), tabs(state.place.kind === 'home' ? 'home' : 'messages'));
    else if (channel) fill(head, channelHead(channel));
    else fill(head);
  }

  function showJoin() {
    const channel = channelById(state.place.channel);
    const outside = channel?.kind === 'channel' && channel.members && !channel.members.includes(state.me.id) && !channel.is_archived;
    join.hidden = !outside;
    composer.form.hidden = Boolean(outside);
    if (outside) {
      fill(join, h('span', {}, t('joinHint')), h('button', { type: 'button', class: 'button primary', test: 'join', onclick: () => tryAct('join', { channel: channel.id }) }, t('join', { name: channel.name })));
    }
  }

  function show() {
    if (!state.ready || state.place.kind === 'none') return;
    const atHome = state.place.kind === 'home';
    channelView.hidden = atHome;
    home.node.hidden = !atHome;
    showHead();
    if (atHome) home.show();
    else {
      showJoin();
      composer.show();
      list.show();
    }
  }

  on('place', show);
  on('state', show);
  on('home', () => { if (state.place.kind === 'home') home.show(); });
  on('channels', () => {
    showHead();
    showJoin();
  });
  on('users', show);
  on('messages', ({ channel }) => { if (state.place.channel === channel) list.show(); });
  const again = () => { if (state.place.kind === 'channel') list.show(); }; // "Today", "5 minutes ago"
  on('clock', again);
  setInterval(again, 60_000);
  return {
    focus: () => { if (!composer.input.disabled) composer.input.focus({ preventScroll: true }); },
    setText: (text) => composer.setText(text),
  };
}
