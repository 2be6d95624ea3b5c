/** Times on screen: always in the acting person's own zone and language, as Slack shows them. */

import { nowMs, state } from './store.js';
import { t } from './labels.js';

const DAY = 86_400_000;

export function locale() {
  if (state.language === 'ru') return 'ru-RU';
  return 'en-GB';
}

export function zone() {
  return state.me?.tz || 'UTC';
}

const formatters = new Map();

function format(ms, options) {
  const key = `${locale()}|${zone()}|${JSON.stringify(options)}`;
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone(), ...options }));
  return formatters.get(key).format(new Date(ms));
}

export const tsToMs = (ts) => Math.floor(Number(ts) * 1000);
export const clockTime = (ms) => format(ms, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const weekdayTime = (ms) => `${format(ms, { weekday: 'long' })} ${clockTime(ms)}`;
export const shortDate = (ms) => format(ms, { weekday: 'short', day: 'numeric', month: 'short' });
export const fullDateTime = (ms) =>
  format(ms, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const capital = (text) => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);

/** "2026-11-24" of that instant in the person's zone. */
export function dayKey(ms) {
  const parts = partsOf(ms);
  return `${parts.year}-${parts.month}-${parts.day}`;
}

function partsOf(ms) {
  const key = `parts|${zone()}`;
  if (!formatters.has(key)) {
    formatters.set(key, new Intl.DateTimeFormat('en-CA', {
      timeZone: zone(), year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
      second: '2-digit', hourCycle: 'h23',
    }));
  }
  return Object.fromEntries(formatters.get(key).formatToParts(new Date(ms)).map((part) => [part.type, part.value]));
}

/** Today, yesterday, or the date: the words of a day divider. */
export function dayName(ms) {
  const key = dayKey(ms);
  if (key === dayKey(nowMs())) return t('today');
  if (key === dayKey(nowMs() - DAY)) return t('yesterday');
  const sameYear = key.slice(0, 4) === dayKey(nowMs()).slice(0, 4);
  return capital(format(ms, { weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }));
}

/** "2 hours ago" on the workspace's clock. */
export function ago(ms) {
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const seconds = Math.round((ms - nowMs()) / 1000);
  for (const [unit, size] of [['day', 86_400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return t('justNow');
}

/** "2026-11-24T09:00" in the person's zone, for a datetime-local field. */
export function toField(ms) {
  const parts = partsOf(ms);
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The instant (ms) that a datetime-local value means in the person's zone; of two passes the first. */
export function fromField(text) {
  const wall = Date.parse(`${text}Z`);
  const offsetAt = (ms) => Date.parse(`${toField(ms)}Z`) - Math.floor(ms / 60_000) * 60_000;
  const before = wall - offsetAt(wall - DAY);
  const after = wall - offsetAt(wall + DAY);
  const candidates = [before, after].filter((ms) => toField(ms) === text);
  return candidates.length ? Math.min(...candidates) : before;
}

const relativeDay = (ms, fallback) => {
  for (const [shift, label] of [[0, 'today'], [-1, 'yesterday'], [1, 'tomorrow']]) {
    if (dayKey(ms) === dayKey(nowMs() + shift * DAY)) return t(label);
  }
  return fallback;
};

const DATE_TOKENS = {
  date_num: (ms) => dayKey(ms),
  date_slash: (ms) => format(ms, { day: '2-digit', month: '2-digit', year: 'numeric' }),
  date: (ms) => format(ms, { day: 'numeric', month: 'long', year: 'numeric' }),
  date_short: (ms) => format(ms, { day: 'numeric', month: 'short', year: 'numeric' }),
  date_long: (ms) => format(ms, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  day_divider_pretty: (ms) => dayName(ms),
  time: (ms) => clockTime(ms),
  time_secs: (ms) => format(ms, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
  ago: (ms) => ago(ms),
};
for (const name of ['date', 'date_short', 'date_long']) {
  DATE_TOKENS[`${name}_pretty`] = (ms) => relativeDay(ms, DATE_TOKENS[name](ms));
}

/** Slack's `<!date^…>` format: known tokens filled in, all else as it stands; null if a token is unknown. */
export function formatDateTokens(pattern, seconds) {
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    if (token in DATE_TOKENS) return DATE_TOKENS[token](Number(seconds) * 1000);
    known = false;
    return whole;
  });
  return known ? text : null;
}
