/** Addresses: the page's own hash (#U1/C1/p1700000000123456) and the server's permalinks (/archives/C1/p…). */

import { state } from './store.js';

const toTs = (digits) => `${digits.slice(0, -6)}.${digits.slice(-6)}`;
const fromTs = (ts) => `p${ts.replace('.', '')}`;

/** A message's permalink, in the form that the server gives out. */
export function permalink(message) {
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  return `${location.origin}/archives/${message.channel}/${fromTs(message.ts)}${reply ? `?thread_ts=${message.thread_ts}&cid=${message.channel}` : ''}`;
}

/** {channel, ts, threadTs} of a permalink's address, or null if it is none. */
export function parsePermalink(address) {
  const url = new URL(address, location.origin);
  const found = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{7,}))?\/?$/.exec(url.pathname);
  if (!found) return null;
  return { channel: found[1], ts: found[2] ? toTs(found[2]) : null, threadTs: url.searchParams.get('thread_ts') };
}

/** {user, channel | home, ts, threadTs} of the page's hash. */
export function parseHash(hash) {
  const [path, search = ''] = hash.replace(/^#/, '').split('?');
  const [user, place, target] = path.split('/').map(decodeURIComponent);
  return {
    user: user || null, home: place === 'home', channel: place && place !== 'home' ? place : null,
    ts: /^p\d{7,}$/.test(target ?? '') ? toTs(target.slice(1)) : null, threadTs: new URLSearchParams(search).get('thread_ts'),
  };
}

/** The hash of where the page stands now. */
export function currentHash() {
  const place = state.place.kind === 'home' ? 'home' : state.place.channel ?? '';
  const message = state.target ? `/${fromTs(state.target)}` : '';
  const thread = state.thread ? `/${fromTs(state.thread.ts)}?thread_ts=${state.thread.ts}` : message;
  return `#${state.me.id}/${place}${state.place.kind === 'home' ? '' : thread}`;
}
