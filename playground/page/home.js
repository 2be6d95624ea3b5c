/** The app's home tab. */

import { getHome, tryAct } from './api.js';
import { renderBlocks } from './blocks.js';
import { fill, h } from './dom.js';
import { interactiveElements, valueId } from './forms.js';
import { t } from './labels.js';
import { emit, state } from './store.js';
import { Surface } from './surface.js';

/** Tell the app that its home was opened, and fetch what it shows meanwhile. */
export async function openHome() {
  const user = state.me.id;
  const opened = tryAct('open_home');
  const { view } = await getHome(user);
  if (state.me.id === user && (state.home === null || view)) setHome(view);
  await opened;
}

export function setHome(view) {
  state.home = view ?? null;
  emit('home');
}

/** The panel of the home tab. Values typed into it are kept while it is updated. */
export function homePanel() {
  const node = h('div', { class: 'home', test: 'home', tabindex: '0' });
  const values = new Map();
  let owner = null;
  let shown = null;
  const show = () => {
    const key = JSON.stringify([state.me?.id, state.language, state.home]);
    if (key === shown) return;
    shown = key;
    if (owner !== state.me?.id) values.clear();
    owner = state.me?.id;
    const scroll = node.scrollTop;
    if (!state.home) {
      fill(node, h('div', { class: 'home-inner' }, h('p', { class: 'empty' }, t('emptyHome'))));
      return;
    }
    const known = new Set(interactiveElements(state.home.blocks).map(({ block, element }) => valueId(block, element)));
    for (const id of [...values.keys()]) if (!known.has(id)) values.delete(id);
    const surface = new Surface({ container: { type: 'view', view_id: state.home.id }, blocks: state.home.blocks, values });
    fill(node, h('div', { class: 'home-inner' }, renderBlocks(state.home.blocks, surface)));
    node.scrollTop = scroll;
  };
  return { node, show };
}
