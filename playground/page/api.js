/** The page's only way to the server: /page/* over HTTP, and the live WebSocket. */

import { emit, state } from './store.js';

/** An answer that says what went wrong, in a sentence for the person. */
export class ApiError extends Error {}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { 'Content-Type': 'application/json' } });
  } catch {
    throw new ApiError('offline');
  }
  const text = await response.text();
  let data = {};
  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    data = { error: `${response.status} ${response.statusText}` };
  }
  if (!response.ok) throw new ApiError(data.error ?? data.detail ?? `${response.status} ${response.statusText}`);
  return data;
}

const query = (values) => {
  const present = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(present).toString();
};

export const getState = (user) => request(`/page/state?${query({ user })}`);
export const getMessages = (user, channel, threadTs) =>
  request(`/page/messages?${query({ user, channel, thread_ts: threadTs })}`);
export const getHome = (user) => request(`/page/home?${query({ user })}`);

/** Do something as the acting person; see the contract in playground/README.md for the actions. */
export function act(action, body = {}) {
  return request('/page/act', { method: 'POST', body: JSON.stringify({ user: state.me.id, action, ...body }) });
}

/** As `act`, but a failure becomes a notice on the page and the answer null. */
export async function tryAct(action, body = {}) {
  try {
    return await act(action, body);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    emit('notice', { text: error.message, kind: 'error' });
    return null;
  }
}

let socket = null;
let attempt = 0;
let timer = null;

/**
 * Keep a WebSocket open for this person; `receive` gets each event, `restored` is called after a gap.
 * Resolves once the line is up or has failed for the first time: what is fetched afterwards misses nothing.
 */
export function connect(user, receive, restored) {
  disconnect();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const current = new WebSocket(`${scheme}://${location.host}/page/ws?${query({ user })}`);
  socket = current;
  const settled = new Promise((resolve) => {
    for (const type of ['open', 'close']) current.addEventListener(type, () => resolve());
  });
  current.addEventListener('open', () => {
    if (socket !== current) return;
    const wasLost = attempt > 0;
    attempt = 0;
    state.connected = true;
    emit('connection');
    if (wasLost) restored();
  });
  current.addEventListener('message', (event) => {
    if (socket === current) receive(JSON.parse(event.data));
  });
  current.addEventListener('close', () => {
    if (socket !== current) return;
    attempt += 1;
    state.connected = false;
    emit('connection');
    timer = setTimeout(() => connect(user, receive, restored), Math.min(500 * 2 ** (attempt - 1), 8000));
  });
  return settled;
}

export function disconnect() {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  if (old) old.close();
}

/** Break the line as a lost network would; the page then connects anew by itself (for tests). */
export function dropLine() {
  socket?.close();
}
