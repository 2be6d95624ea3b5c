/**
 * Slack's mrkdwn as DOM nodes: bold, italic, strike, code, quotes, links, mentions, dates and emoji.
 * Nothing of a text ever becomes markup: every piece ends in a text node.
 */

import { h, link } from './dom.js';
import { channelById, channelLabel, state, userName } from './store.js';
import { formatDateTokens } from './time.js';

const STYLES = { '*': 'strong', _: 'em', '~': 's' };
const WORD = /[\p{L}\p{N}]/u;

export function unescape(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

/** A known emoji name as its character (with skin tone 2–6), or null. */
export function emojiCharacter(name, tone = null) {
  const [base, suffix] = name.split('::skin-tone-');
  const character = state.emoji[base];
  if (!character) return null;
  const level = Number(suffix ?? tone);
  return level >= 2 && level <= 6 ? [...character].map((c, i) => (i === 0 ? c + String.fromCodePoint(0x1f3fb + level - 2) : c)).join('').replace('\ufe0f', '') : character;
}

export function emojiNode(name, tone = null) {
  const character = emojiCharacter(name, tone);
  if (character === null) return h('span', { class: 'emoji-unknown' }, `:${name}:`);
  return h('span', { class: 'emoji', role: 'img', 'aria-label': name.split('::')[0].replaceAll('_', ' '), title: `:${name}:` }, character);
}

export function userMention(id, name = null) {
  const mine = state.me && id === state.me.id;
  return h('button', { type: 'button', class: `mention${mine ? ' mention-me' : ''}`, 'data-user': id }, `@${state.users[id] ? userName(id) : name ?? id}`);
}

export function channelMention(id, name = null) {
  const channel = channelById(id);
  const label = channel ? channelLabel(channel) : name || id;
  if (!channel) return h('span', { class: 'mention' }, `#${label}`);
  return h('button', { type: 'button', class: 'mention', 'data-channel': id }, `#${label}`);
}

export function broadcastMention(range) {
  return h('span', { class: 'mention mention-me' }, `@${range}`);
}

function specialNode(body) {
  const [command, label] = splitOnce(body.slice(1), '|');
  if (['channel', 'here', 'everyone'].includes(command)) return broadcastMention(command);
  if (command.startsWith('subteam^')) return h('span', { class: 'mention' }, label ?? `@${command.slice(8)}`);
  if (command.startsWith('date^')) {
    const [, seconds, pattern, address] = command.split('^');
    const text = (/^\d+$/.test(seconds) && pattern ? formatDateTokens(unescape(pattern), seconds) : null) ?? unescape(label ?? '');
    return address ? link(unescape(address), text) : h('time', { class: 'date' }, text);
  }
  return document.createTextNode(unescape(label ?? `<!${command}>`));
}

const splitOnce = (text, mark) => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};

function angleNode(body) {
  if (body.startsWith('!')) return specialNode(body);
  const [target, label] = splitOnce(body, '|');
  if (/^@[A-Z0-9]+$/.test(target)) return userMention(target.slice(1), label);
  if (/^#[A-Z0-9]+$/.test(target)) return channelMention(target.slice(1), label);
  if (/^(https?:\/\/|mailto:)/i.test(target)) return link(unescape(target), ...textNodes(unescape(label || target.replace(/^mailto:/i, ''))));
  return document.createTextNode(unescape(`<${body}>`));
}

/** Literal text with line breaks and emoji codes, nothing else. */
export function textNodes(text, withEmoji = true) {
  const nodes = [];
  const pieces = withEmoji ? text.split(/(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:)/i) : [text];
  for (const piece of pieces) {
    const code = /^:(.+):$/.exec(piece);
    if (withEmoji && code && emojiCharacter(code[1].toLowerCase())) nodes.push(emojiNode(code[1].toLowerCase()));
    else if (piece) nodes.push(...lines(piece));
  }
  return nodes;
}

function lines(text) {
  return text.split('\n').flatMap((line, i) => (i ? [h('br'), document.createTextNode(line)] : [document.createTextNode(line)]));
}

/** Where the span that opens at `start` with `mark` ends, or -1: Slack wants word boundaries outside and no space inside. */
function spanEnd(text, start, mark) {
  const before = text[start - 1] ?? ' ';
  if (WORD.test(before) || before === mark || /\s/.test(text[start + 1] ?? ' ') || text[start + 1] === mark) return -1;
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i += 1) {
    if (text[i] === '<') {
      const close = text.indexOf('>', i);
      if (close > 0) i = close;
      continue;
    }
    if (text[i] !== mark || /\s/.test(text[i - 1])) continue;
    const after = text[i + 1] ?? ' ';
    if (!WORD.test(after) && after !== mark) return i;
  }
  return -1;
}

function inline(text, open = '') {
  const nodes = [];
  let plain = '';
  const flush = () => {
    if (plain) nodes.push(...textNodes(unescape(plain)));
    plain = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const mark = text[i];
    if (mark === '<') {
      const close = text.indexOf('>', i);
      if (close > i + 1 && !text.slice(i + 1, close).includes('<')) {
        flush();
        nodes.push(angleNode(text.slice(i + 1, close)));
        i = close;
        continue;
      }
    }
    if (mark === '`') {
      const close = text.indexOf('`', i + 1);
      if (close > i + 1 && !text.slice(i, close).includes('\n')) {
        flush();
        nodes.push(h('code', {}, unescape(text.slice(i + 1, close).replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, a, b) => b ?? a))));
        i = close;
        continue;
      }
    }
    if (mark in STYLES && !open.includes(mark)) {
      const close = spanEnd(text, i, mark);
      if (close > 0) {
        flush();
        nodes.push(h(STYLES[mark], {}, inline(text.slice(i + 1, close), open + mark)));
        i = close;
        continue;
      }
    }
    plain += mark;
  }
  flush();
  return nodes;
}

const QUOTE = /^(?:&gt;|>)\s?/;

function paragraphs(text) {
  const nodes = [];
  let run = [];
  let quoted = [];
  const flush = () => {
    if (run.length) nodes.push(...inline(run.join('\n')));
    if (quoted.length) nodes.push(h('blockquote', {}, inline(quoted.join('\n'))));
    run = [];
    quoted = [];
  };
  const all = text.split('\n');
  for (let i = 0; i < all.length; i += 1) {
    const rest = /^(?:&gt;|>){3}\s?/.exec(all[i]);
    if (rest) {
      flush();
      quoted = [all[i].slice(rest[0].length), ...all.slice(i + 1)];
      break;
    }
    if (QUOTE.test(all[i])) {
      if (run.length) flush();
      quoted.push(all[i].replace(QUOTE, ''));
    } else {
      if (quoted.length) flush();
      run.push(all[i]);
    }
  }
  flush();
  return nodes;
}

/** A mrkdwn text as nodes. `verbatim` switches nothing off here: Slack then only stops linking bare words. */
export function mrkdwn(text) {
  const nodes = [];
  String(text ?? '').split(/```([\s\S]+?)```/).forEach((piece, i) => {
    if (i % 2) nodes.push(h('pre', {}, unescape(piece.replace(/^\n/, '').replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, a, b) => b ?? a))));
    else if (piece) nodes.push(...paragraphs(i ? piece.replace(/^\n/, '') : piece));
  });
  return nodes;
}

/** A Block Kit text object: plain_text or mrkdwn. A bare string counts as plain text. */
export function textObject(value) {
  if (!value) return [];
  if (typeof value === 'string') return textNodes(value);
  if (value.type === 'mrkdwn') return mrkdwn(value.text);
  return textNodes(unescape(value.text ?? ''), value.emoji !== false);
}

/** A text object as a bare string, for titles and accessible names. */
export function plainText(value) {
  const text = unescape(typeof value === 'string' ? value : value?.text ?? '');
  return value?.emoji === false ? text : text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emojiCharacter(name) ?? whole);
}

/** A stored message as its author would type it again: names for mentions, bare links, no escapes. */
export function asTyped(text) {
  return unescape(String(text ?? '').replace(/<([^<>]*)>/g, (whole, body) => {
    const [target, label] = splitOnce(body, '|');
    if (target.startsWith('@')) return `@${state.users[target.slice(1)]?.name ?? label ?? target.slice(1)}`;
    if (target.startsWith('#')) return `#${channelById(target.slice(1))?.name ?? label ?? target.slice(1)}`;
    if (target.startsWith('!')) return label ?? `@${target.slice(1)}`;
    return label && target.replace(/^(https?:\/\/|mailto:)/, '') === label ? label : target;
  }));
}

/** True for a text of a few emoji and nothing else: those are shown large. */
export function onlyEmoji(text) {
  const codes = String(text ?? '').trim().split(/\s+|(?<=:)(?=:(?!skin-tone)[a-z])/).filter(Boolean);
  return codes.length > 0 && codes.length <= 6 && codes.every((code) => /^:[a-z0-9_+:-]+:$/.test(code) && emojiCharacter(code.slice(1, -1)));
}
