/** What the page knows: one state object, changed only by the functions here, and topics that views subscribe to. */

export const state = {
  ready: false, clock: null, clockReceivedAt: 0, clockIsMoved: false, moving: false, movingTo: null, language: 'en',
  team: { name: '' }, me: null, people: [], users: {}, channels: [], commands: [], shortcuts: [], flagEmoji: [],
  botConnected: false, tour: [], emoji: {}, connected: false,
  place: { kind: 'none', channel: null }, // kind: channel | home
  thread: null, // {channel, ts} of the open thread
  highlight: null, // ts to point out once
  target: null, // ts that the address names
  messages: new Map(), // channel -> Map(ts -> message), loaded channels only
  threads: new Map(), // "channel/ts" -> Map(ts -> message)
  unread: new Map(), dismissed: new Set(), home: null, stack: [],
};

const listeners = new Map();

/** Call `listener` on each change of a topic; returns the function that ends it. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
  return () => listeners.get(topic).delete(listener);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** Take over the answer of /page/state. */
export function setState(data) {
  const { flag_emoji: flagEmoji, clock_is_moved: moved, bot_connected: bot, ...rest } = data;
  for (const key of ['team', 'me', 'people', 'users', 'channels', 'commands', 'shortcuts', 'tour', 'language']) {
    if (rest[key] !== undefined && rest[key] !== null) state[key] = rest[key];
  }
  state.flagEmoji = flagEmoji ?? [];
  state.clockIsMoved = Boolean(moved);
  state.botConnected = Boolean(bot);
  setClock(rest.clock, false);
  state.ready = true;
  emit('state');
}

/** Forget what belongs to one person, before another one takes over. */
export function forgetPerson() {
  state.messages.clear();
  state.threads.clear();
  state.unread.clear();
  Object.assign(state, { thread: null, home: null, stack: [], highlight: null });
  emit('views');
}

export function setClock(iso, moving, stop = null) {
  if (iso) Object.assign(state, { clock: iso, clockReceivedAt: Date.now() });
  state.moving = moving;
  state.movingTo = moving ? stop ?? state.movingTo : null;
  emit('clock');
}

/** The workspace's present instant in milliseconds; it runs on with real time. */
export function nowMs() {
  const base = state.clock ? Date.parse(state.clock) : Date.now();
  return state.moving ? base : base + (Date.now() - state.clockReceivedAt);
}

export function channelById(id) {
  return state.channels.find((channel) => channel.id === id) ?? null;
}

export function bot() {
  return Object.values(state.users).find((user) => user.is_bot) ?? null;
}

export function botChannel() {
  const app = bot();
  return state.channels.find((channel) => channel.kind === 'im' && app && channel.user === app.id) ?? null;
}

export function userName(id) {
  const user = state.users[id];
  return user ? user.real_name || user.name : id;
}

/** What a conversation is called on screen (without the sign in front). */
export function channelLabel(channel) {
  return channel.kind === 'im' ? userName(channel.user) : channel.name;
}

const threadKey = (channel, ts) => `${channel}/${ts}`;

export function setMessages(channel, messages) {
  state.messages.set(channel, new Map(messages.map((message) => [message.ts, message])));
  emit('messages', { channel });
}

export function setThread(channel, ts, messages) {
  state.threads.set(threadKey(channel, ts), new Map(messages.map((message) => [message.ts, message])));
  emit('thread', { channel, ts });
}

function inTimeOrder(map) {
  const shown = map ? [...map.values()].filter((message) => !state.dismissed.has(`${message.channel}/${message.ts}`)) : [];
  return shown.sort((a, b) => (Number(a.ts) - Number(b.ts)) || (a.ts < b.ts ? -1 : 1));
}

export function channelMessages(channel) {
  return inTimeOrder(state.messages.get(channel));
}

export function threadMessages(channel, ts) {
  return inTimeOrder(state.threads.get(threadKey(channel, ts)));
}

export function findMessage(channel, ts) {
  const top = state.messages.get(channel)?.get(ts);
  if (top) return top;
  for (const [key, thread] of state.threads) {
    if (key.startsWith(`${channel}/`) && thread.has(ts)) return thread.get(ts);
  }
  return null;
}

const collectors = new Set();

/** Remember what comes in while something is being fetched, so that an older answer cannot undo it. */
export function collectNews() {
  const news = [];
  collectors.add(news);
  return {
    apply() {
      collectors.delete(news);
      for (const message of news) upsertMessage(message, true);
    },
  };
}

/** Put a new, changed or deleted message where it is shown: channel list, thread, or both. */
export function upsertMessage(message, again = false) {
  if (!again) for (const news of collectors) news.push(message);
  const { channel, ts } = message;
  const root = message.thread_ts ?? ts;
  const isReply = Boolean(message.thread_ts) && message.thread_ts !== ts;
  const list = state.messages.get(channel);
  const isNew = list ? !list.has(ts) : true;
  if (list) {
    if (message.deleted) list.delete(ts);
    else if (!isReply || message.broadcast) list.set(ts, message);
    emit('messages', { channel });
  }
  const thread = state.threads.get(threadKey(channel, root));
  if (thread) {
    if (message.deleted) thread.delete(ts);
    else thread.set(ts, message);
    emit('thread', { channel, ts: root });
  }
  const elsewhere = state.place.kind !== 'channel' || state.place.channel !== channel;
  const fresh = isNew && !message.deleted && !message.edited && Number(ts) > nowMs() / 1000 - 90;
  if (!again && elsewhere && fresh && message.user !== state.me?.id && (!isReply || message.ephemeral)) {
    state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
    emit('unread');
  }
}

/** Hide an ephemeral message for good, as Slack's Dismiss does. */
export function dismiss(channel, ts) {
  state.dismissed.add(`${channel}/${ts}`);
  emit('messages', { channel });
  if (state.thread) emit('thread', state.thread);
}

export function removeMessage(channel, ts) {
  state.messages.get(channel)?.delete(ts);
  emit('messages', { channel });
  for (const [key, thread] of state.threads) {
    if (key.startsWith(`${channel}/`) && thread.delete(ts)) emit('thread', { channel, ts: key.split('/')[1] });
  }
}
