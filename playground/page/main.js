/** Starts the page, and decides what is shown: who acts, which channel, thread or home, after events and addresses. */

import { ApiError, connect, getMessages, getState, tryAct } from './api.js';
import { RENDERED_BLOCKS } from './blocks.js';
import { RENDERED_ELEMENTS } from './elements.js';
import { openHome, setHome } from './home.js';
import { t } from './labels.js';
import { mainPanel } from './mainpanel.js';
import { modalLayer, setStack } from './modal.js';
import { notices } from './notices.js';
import { openProfile } from './people.js';
import { closePopover } from './popover.js';
import { currentHash, parseHash, parsePermalink } from './routes.js';
import { sidebar } from './sidebar.js';
import { bot, botChannel, channelById, collectNews, emit, findMessage, forgetPerson, on, removeMessage, setClock, setMessages, setState, state, upsertMessage, userName } from './store.js';
import { loadThread, threadPanel } from './thread.js';
import { topbar } from './topbar.js';
import { tourPanel } from './tour.js';

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const WIDE = window.matchMedia('(min-width: 1180px)');
let main = null;
let thread = null;

const RECEIVE = {
  message: ({ message }) => upsertMessage(message),
  ephemeral: ({ message }) => upsertMessage({ ...message, ephemeral: true }),
  ephemeral_gone: ({ channel, ts }) => removeMessage(channel, ts),
  views: ({ stack }) => setStack(stack),
  home: ({ view }) => setHome(view),
  clock: ({ clock, moving, stop }) => setClock(clock, Boolean(moving), stop),
  channels: ({ channels }) => {
    state.channels = channels;
    emit('channels');
  },
  users: ({ users }) => {
    state.users = { ...state.users, ...(Array.isArray(users) ? Object.fromEntries(users.map((user) => [user.id, user])) : users) };
    emit('users');
  },
  bot: ({ connected }) => {
    state.botConnected = connected;
    emit('bot');
  },
  notice: ({ text }) => emit('notice', { text }),
};

const receive = (event) => RECEIVE[event.type]?.(event);

function remember() {
  const hash = currentHash();
  if (location.hash !== hash || location.pathname !== '/') history.replaceState(null, '', `/${hash}`);
  const where = state.place.kind === 'home' ? userName(bot()?.id ?? '') : channelById(state.place.channel)?.name ?? '';
  document.title = [where, state.team.name, 'Frontline'].filter(Boolean).join(' · ');
}

async function refresh() {
  const { place } = state;
  if (place.kind === 'home') await openHome();
  else if (place.channel) {
    const meanwhile = collectNews();
    try {
      const { messages } = await getMessages(state.me.id, place.channel);
      if (state.place.channel === place.channel) setMessages(place.channel, messages);
    } finally {
      meanwhile.apply();
    }
  }
  if (state.thread) await loadThread();
}

/** Hear of everything that this person may see; after a gap all is fetched anew. */
function listen() {
  return connect(state.me.id, receive, () => guarded(async () => {
    setState(await getState(state.me.id));
    await refresh();
  }));
}

/** Run something that asks the server; a failure becomes a notice. */
async function guarded(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    emit('notice', { text: error.message, kind: 'error' });
  }
}

function setDrawer(name, open) {
  root.classList.toggle(`${name}-open`, open);
  byId('scrim').hidden = !(root.classList.contains('sidebar-open') || (root.classList.contains('tour-open') && !WIDE.matches));
}

function toggleTour(open = !root.classList.contains('tour-open')) {
  setDrawer('tour', open && state.tour.length > 0);
  byId('tour').hidden = !root.classList.contains('tour-open');
  document.querySelector('[data-testid="tour-toggle"]').setAttribute('aria-pressed', String(open));
}

function openPlace(place, target = null) {
  const same = state.place.kind === place.kind && state.place.channel === place.channel;
  if (!same) closeThread();
  Object.assign(state, { place, target });
  if (place.channel) state.unread.delete(place.channel);
  setDrawer('sidebar', false);
  emit('place');
  remember();
  return guarded(refresh);
}

async function openChannel(id, { ts = null, threadTs = null } = {}) {
  if (!channelById(id)) {
    emit('notice', { text: t('unavailable', { name: userName(state.me.id) }), kind: 'error' });
    return;
  }
  state.highlight = ts && !threadTs ? ts : null;
  await openPlace({ kind: 'channel', channel: id }, state.highlight);
  if (threadTs) await openThread({ channel: id, ts: threadTs, highlight: ts });
  else if (ts && !findMessage(id, ts)) {
    Object.assign(state, { highlight: null, target: null });
    emit('notice', { text: t('unavailable', { name: userName(state.me.id) }), kind: 'error' });
  }
  if (!ts && WIDE.matches) main.focus();
}

async function openThread({ channel, ts, highlight = null }) {
  state.thread = { channel, ts };
  state.highlight = highlight;
  emit('thread-place');
  remember();
  await guarded(loadThread);
  if (!highlight && WIDE.matches) thread.focus();
}

function closeThread() {
  if (!state.thread) return;
  state.thread = null;
  emit('thread-place');
  remember();
}

async function switchPerson(id, then = null) {
  closePopover(false);
  const previous = state.place;
  if (state.me?.id === id) {
    if (then) await then();
    return;
  }
  forgetPerson();
  setState(await getState(id));
  document.documentElement.lang = state.language;
  await listen();
  emit('thread-place');
  if (then) await then();
  else await openPlace(visible(previous));
}

/** The same place for another person if it is there for her, otherwise her first channel. */
function visible(place) {
  if (place.kind === 'home') return place;
  const wasBot = place.kind === 'channel' && !channelById(place.channel) && !state.channels.some((one) => one.id === place.channel);
  if (place.kind === 'channel' && !wasBot) return place;
  const first = state.channels.find((one) => one.kind !== 'im');
  return first ? { kind: 'channel', channel: first.id } : { kind: 'home', channel: null };
}

/** Open what an address names, in place. */
async function followPermalink(target) {
  await openChannel(target.channel, { ts: target.ts, threadTs: target.threadTs });
}

function wire() {
  on('open-channel', (id) => openChannel(id));
  on('open-home', () => openPlace({ kind: 'home', channel: null }));
  on('open-bot-messages', () => guarded(async () => {
    const channel = botChannel()?.id ?? (await tryAct('open_dm', { with: bot().id }))?.channel;
    tryAct('open_home', { tab: 'messages' });
    if (channel) await openChannel(channel.id ?? channel);
  }));
  on('open-dm', (id) => guarded(async () => {
    closePopover(false);
    const answer = await tryAct('open_dm', { with: id });
    if (!answer) return;
    const channel = answer.channel?.id ?? answer.channel;
    if (!channelById(channel)) setState(await getState(state.me.id));
    await openChannel(channel);
  }));
  on('open-thread', openThread);
  on('close-thread', closeThread);
  on('switch-person', (id) => guarded(() => switchPerson(id)));
  on('toggle-sidebar', () => setDrawer('sidebar', !root.classList.contains('sidebar-open')));
  on('toggle-tour', toggleTour);
  on('link', (href) => {
    const target = parsePermalink(href);
    if (target && channelById(target.channel)) followPermalink(target);
    else window.open(href, '_blank', 'noopener');
  });
  on('tour-step', (step) => guarded(() => tourStep(step)));
  on('tour-command', ({ step, text }) => guarded(async () => {
    await tourStep(step);
    main.setText(text);
  }));
  on('channels', () => { if (state.place.kind === 'channel' && !channelById(state.place.channel)) openPlace(visible(state.place)); });
  document.addEventListener('click', clicked);
  window.addEventListener('hashchange', () => guarded(followHash));
  byId('scrim').addEventListener('click', () => {
    setDrawer('sidebar', false);
    if (!WIDE.matches) toggleTour(false);
  });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && root.classList.contains('sidebar-open')) setDrawer('sidebar', false); });
}

async function tourStep(step) {
  const open = () => (step.channel ? openChannel(step.channel) : Promise.resolve());
  if (!WIDE.matches) toggleTour(false);
  if (step.actor && step.actor !== state.me.id) await switchPerson(step.actor, step.channel ? open : null);
  else await open();
}

/** Mentions, names and permalinks anywhere on the page. */
function clicked(event) {
  const anchor = event.target.closest('a[href]');
  const target = anchor ? parsePermalink(anchor.href) : null;
  if (target && (new URL(anchor.href).host === location.host || channelById(target.channel))) {
    event.preventDefault();
    followPermalink(target);
    return;
  }
  const mention = event.target.closest('button[data-user], button[data-channel]');
  if (mention?.dataset.channel) openChannel(mention.dataset.channel);
  else if (mention?.dataset.user) openProfile(mention, mention.dataset.user);
}

async function followHash() {
  const wanted = parseHash(location.hash);
  if (!wanted.user || location.hash === currentHash()) return;
  const open = () => goTo(wanted);
  if (wanted.user !== state.me.id) await switchPerson(wanted.user, open);
  else await open();
}

function goTo(wanted) {
  if (wanted.home) return openPlace({ kind: 'home', channel: null });
  if (wanted.channel && channelById(wanted.channel)) return openChannel(wanted.channel, { ts: wanted.ts, threadTs: wanted.threadTs });
  return openPlace(visible({ kind: 'none', channel: null }));
}

/** The lists in supported.json are what tests compare with the bot's blocks: they must be what is drawn. */
async function checkSupported() {
  const listed = await (await fetch('/static/supported.json')).json();
  const differs = (names, drawn) => [...names].sort().join() !== [...drawn].sort().join();
  if (differs(listed.blocks, RENDERED_BLOCKS) || differs(listed.elements, RENDERED_ELEMENTS)) throw new Error('supported.json does not list what the page draws');
}

async function firstState(user) {
  try {
    return await getState(user);
  } catch (error) {
    if (!(error instanceof ApiError) || !user) throw error;
    return getState(null); // the address named somebody who is not there
  }
}

async function start() {
  const [emoji] = await Promise.all([fetch('/static/emoji.json').then((answer) => answer.json()), checkSupported()]);
  state.emoji = emoji;
  const archive = parsePermalink(location.href);
  const wanted = archive ? { user: null, ...archive } : parseHash(location.hash);
  topbar(byId('topbar'));
  sidebar(byId('sidebar'));
  main = mainPanel(byId('main'));
  thread = threadPanel(byId('thread'));
  tourPanel(byId('tour'));
  modalLayer();
  notices(byId('notices'));
  wire();
  setState(await firstState(wanted.user));
  root.lang = state.language;
  await listen();
  if (WIDE.matches) toggleTour(true);
  await goTo(wanted);
  root.dataset.ready = 'true';
}

start().catch((error) => {
  emit('notice', { text: error instanceof ApiError ? error.message : String(error), kind: 'error' });
  throw error;
});
