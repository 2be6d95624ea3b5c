/** Short notes at the foot of the page: what went wrong, what the workspace says, and whether the line is up. */

import { h, icon, iconButton } from './dom.js';
import { errorText, t } from './labels.js';
import { mrkdwn } from './mrkdwn.js';
import { on, state } from './store.js';

const SHOWN_MS = 7000;

export function notices(node) {
  const lost = h('div', { class: 'notice lost', test: 'connection-lost', hidden: true });
  node.append(lost);

  on('notice', ({ text, kind = 'info' }) => {
    const one = h('div', { class: `notice ${kind}`, test: 'notice' }, icon(kind === 'error' ? 'warning' : 'info', 17), h('div', {}, mrkdwn(errorText(text))),
      iconButton('close', t('dismiss'), { onclick: () => one.remove() }));
    node.append(one);
    setTimeout(() => one.remove(), SHOWN_MS);
  });

  on('connection', () => {
    lost.hidden = state.connected;
    lost.replaceChildren(icon('warning', 17), document.createTextNode(t('connectionLost')));
  });
}
