/** The bar at the top: name of the workspace, clock, the app's connection, the tour's switch, the acting person. */

import { mark } from './brand.js';
import { clockBar } from './clock.js';
import { fill, h, icon, iconButton } from './dom.js';
import { t } from './labels.js';
import { avatar } from './people.js';
import { openPeopleMenu } from './sidebar.js';
import { emit, on, state, userName } from './store.js';

export function topbar(node) {
  const menu = iconButton('menu', '', { test: 'sidebar-toggle', onclick: () => emit('toggle-sidebar') });
  const name = h('div', { class: 'workspace' });
  const status = h('span', { class: 'bot-status', test: 'bot-status', role: 'status' });
  const tour = h('button', { type: 'button', class: 'bar-button', test: 'tour-toggle', 'aria-pressed': 'false', onclick: () => emit('toggle-tour') });
  const me = h('button', { type: 'button', class: 'plain bar-me', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => openPeopleMenu(me, 'end') });
  fill(node, menu, name, clockBar(), h('div', { class: 'bar-right' }, status, tour, me));

  const show = () => {
    if (!state.ready) return;
    menu.title = t('openSidebar');
    menu.setAttribute('aria-label', t('openSidebar'));
    fill(name, h('span', { class: 'brand' }, mark()), h('span', { class: 'workspace-text' }, h('strong', {}, state.team.name), h('small', {}, `Frontline · ${t('playground')}`)));
    const text = t(state.botConnected ? 'botOn' : 'botOff');
    status.title = text;
    fill(status, h('span', { class: `status-dot${state.botConnected ? ' on' : ''}`, 'aria-hidden': 'true' }), h('span', {}, text));
    tour.hidden = state.tour.length === 0;
    fill(tour, icon('map', 17), h('span', {}, t('tour')));
    fill(me, avatar(state.me, 'small'));
    me.title = `${t('act_as')} ${userName(state.me.id)}`;
    me.setAttribute('aria-label', me.title);
  };
  for (const topic of ['state', 'bot']) on(topic, show);
}
