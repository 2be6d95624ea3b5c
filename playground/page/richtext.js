/** Slack's rich_text block: sections, lists, quotes, preformatted text and their parts. */

import { h, link } from './dom.js';
import { broadcastMention, channelMention, emojiNode, textNodes, userMention } from './mrkdwn.js';
import { formatDateTokens } from './time.js';

const WRAPPERS = [['code', 'code'], ['bold', 'strong'], ['italic', 'em'], ['strike', 's'], ['underline', 'u']];

function styled(nodes, style) {
  return WRAPPERS.reduce((inner, [name, tag]) => (style?.[name] ? [h(tag, {}, inner)] : inner), nodes);
}

const PARTS = {
  text: (part) => textNodes(part.text, false),
  link: (part) => [link(part.url, part.text || part.url)],
  emoji: (part) => [part.unicode && !part.name ? document.createTextNode(part.unicode) : emojiNode(part.name, part.skin_tone)],
  user: (part) => [userMention(part.user_id)],
  channel: (part) => [channelMention(part.channel_id)],
  usergroup: (part) => [h('span', { class: 'mention' }, `@${part.usergroup_id}`)],
  team: (part) => [h('span', { class: 'mention' }, `@${part.team_id}`)],
  broadcast: (part) => [broadcastMention(part.range)],
  date: (part) => {
    const text = formatDateTokens(part.format ?? '', part.timestamp) ?? part.fallback ?? '';
    return [part.url ? link(part.url, text) : h('time', { class: 'date' }, text)];
  },
  color: (part) => [colorNode(part.value)],
};

function colorNode(value) {
  const swatch = h('span', { class: 'color-swatch', 'aria-hidden': 'true' });
  if (/^#[0-9a-f]{3,8}$/i.test(value)) swatch.style.background = value;
  return h('span', { class: 'color' }, swatch, value);
}

function part(element) {
  const render = PARTS[element.type];
  const nodes = render ? render(element) : [document.createTextNode(element.text ?? element.fallback ?? '')];
  return styled(nodes, element.style);
}

const parts = (elements) => (elements ?? []).flatMap(part);

function list(element) {
  const indent = Math.min(element.indent ?? 0, 8);
  const tag = element.style === 'ordered' ? 'ol' : 'ul';
  const node = h(tag, { class: `rich-list indent-${indent}${element.border ? ' bordered' : ''}` },
    (element.elements ?? []).map((item) => h('li', {}, parts(item.elements))));
  if (element.offset && tag === 'ol') node.setAttribute('start', String(element.offset + 1));
  return node;
}

const CONTAINERS = {
  rich_text_section: (element) => h('div', { class: 'rich-section' }, parts(element.elements)),
  rich_text_list: list,
  rich_text_quote: (element) => h('blockquote', { class: element.border ? 'bordered' : null }, parts(element.elements)),
  rich_text_preformatted: (element) => h('pre', { class: element.border ? 'bordered' : null }, parts(element.elements)),
};

/** A rich_text block as nodes. */
export function richText(block) {
  return (block.elements ?? []).map((element) => (CONTAINERS[element.type] ?? CONTAINERS.rich_text_section)(element));
}
