/** Avatars and the small card that says who someone is. */

import { h, icon } from './dom.js';
import { t } from './labels.js';
import { openPopover } from './popover.js';
import { emit, nowMs, state } from './store.js';
import { locale } from './time.js';
import { mark } from './brand.js';

const hex = (color) => (/^#?[0-9a-f]{6}$/i.test(color ?? '') ? `#${color.replace('#', '')}` : '#64748b');

/** Relative luminance after WCAG, to keep white initials readable on any colour. */
function luminance(color) {
  const channel = (at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** A person's or the app's picture: initials on their colour; decorative, the name stands beside it. */
export function avatar(user, size = '') {
  const app = user?.is_bot;
  const node = h('span', { class: `avatar ${size}${app ? ' app-avatar' : ''}`, 'aria-hidden': 'true' }, app ? mark() : user?.initials || (user?.real_name || user?.name || '?').slice(0, 1).toUpperCase());
  if (!app) {
    const color = hex(user?.color);
    node.style.background = color;
    if (luminance(color) > 0.36) node.classList.add('on-light');
  }
  return node;
}

function localTime(user) {
  try {
    return new Intl.DateTimeFormat(locale(), { timeZone: user.tz, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(nowMs()));
  } catch (error) {
    if (error instanceof RangeError) return null; // a zone that this browser does not know
    throw error;
  }
}

/** The card of a person, beside the name or mention that was pressed. */
export function openProfile(anchor, id) {
  const user = state.users[id];
  if (!user) return;
  const time = user.tz ? localTime(user) : null;
  openPopover(anchor, h('div', { class: 'profile' },
    avatar(user, 'huge'),
    h('div', { class: 'profile-text' },
      h('strong', {}, user.real_name || user.name),
      user.title ? h('span', { class: 'muted' }, user.title) : null,
      time ? h('span', { class: 'muted' }, icon('clock', 14), ' ', t('localTime', { time })) : null,
      id === state.me.id ? null : h('button', { type: 'button', class: 'button', onclick: () => emit('open-dm', id) }, icon('chat', 15), t('sendDm')))),
  { label: user.real_name || user.name });
}
