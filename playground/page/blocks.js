/** Block Kit's blocks: one entry point, `renderBlocks`, used for messages, forms and the home tab alike. */

import { h, icon, link, safeUrl, uniqueId } from './dom.js';
import { dataTable, table } from './blocks_table.js';
import { dataVisualization } from './chart.js';
import { renderElement } from './elements.js';
import { t } from './labels.js';
import { plainText, textObject } from './mrkdwn.js';
import { richText } from './richtext.js';

function section(block, surface) {
  return h('div', { class: `block-section${block.accessory ? ' with-accessory' : ''}` },
    h('div', { class: 'section-body' },
      block.text ? h('div', { class: 'text' }, textObject(block.text)) : null,
      block.fields?.length ? h('div', { class: 'fields' }, block.fields.map((field) => h('div', { class: 'text' }, textObject(field)))) : null),
    block.accessory ? h('div', { class: 'accessory' }, renderElement(block.accessory, block, surface)) : null);
}

function context(block, surface) {
  return h('div', { class: 'block-context' }, (block.elements ?? []).map((element) =>
    (element.type === 'image' ? renderElement(element, block, surface) : h('span', { class: 'text' }, textObject(element)))));
}

function input(block, surface) {
  const label = uniqueId('label');
  const hint = block.hint ? uniqueId('hint') : null;
  const fault = surface.errors?.[block.block_id];
  const faultId = fault ? uniqueId('fault') : null;
  const control = renderElement(block.element, block, surface);
  const target = control.matches('input, textarea, button, [role]') ? control : control.querySelector('input:not([type=radio], [type=checkbox]), textarea, button, [role]');
  if (target) {
    const value = target.querySelector?.('.select-value, .chips');
    if (value) value.id = uniqueId('value');
    target.setAttribute('aria-labelledby', value ? `${label} ${value.id}` : label);
    target.removeAttribute('aria-label');
    const notes = [hint, faultId].filter(Boolean).join(' ');
    if (notes) target.setAttribute('aria-describedby', notes);
    if (fault) target.setAttribute('aria-invalid', 'true');
  }
  return h('div', { class: `block-input${fault ? ' invalid' : ''}`, test: `field-${block.block_id}` },
    h('div', { class: 'input-label', id: label, onclick: () => target?.focus() }, textObject(block.label), block.optional ? h('span', { class: 'muted' }, ` ${t('optional')}`) : null),
    control,
    fault ? h('div', { class: 'field-error', id: faultId, role: 'alert', test: 'field-error' }, icon('warning', 15), h('span', {}, fault)) : null,
    hint ? h('div', { class: 'field-hint', id: hint }, textObject(block.hint)) : null);
}

function image(block) {
  const src = safeUrl(block.image_url ?? block.slack_file?.url ?? '');
  return h('figure', { class: 'block-image' },
    block.title ? h('figcaption', {}, textObject(block.title)) : null,
    src ? link(src, h('img', { src, alt: block.alt_text ?? '', loading: 'lazy' })) : h('span', { class: 'muted' }, block.alt_text ?? ''));
}

function card(block, surface) {
  const hero = block.hero_image;
  return h('article', { class: 'block-card' },
    hero ? h('div', { class: 'card-hero' }, renderElement({ type: 'image', ...hero }, block, surface)) : null,
    h('div', { class: 'card-body' },
      h('div', { class: 'card-head' }, block.icon ? renderElement({ type: 'image', ...block.icon }, block, surface) : null, h('div', {},
        block.title ? h('div', { class: 'card-title' }, textObject(block.title)) : null,
        block.subtitle ? h('div', { class: 'muted' }, textObject(block.subtitle)) : null)),
      block.body ? h('div', { class: 'text' }, textObject(block.body)) : null,
      block.actions?.length ? h('div', { class: 'block-actions' }, block.actions.map((element) => renderElement(element, block, surface))) : null));
}

const ALERT_ICONS = { warning: 'warning', error: 'warning', success: 'check' };

const BLOCKS = {
  section,
  header: (block) => h(`h${Math.min(Math.max(block.level ?? 3, 1), 4)}`, { class: 'block-header' }, textObject(block.text)),
  context,
  divider: () => h('hr', { class: 'block-divider' }),
  actions: (block, surface) => h('div', { class: 'block-actions' }, (block.elements ?? []).map((element) => renderElement(element, block, surface))),
  input, image,
  rich_text: (block) => h('div', { class: 'block-rich text' }, richText(block)),
  table, data_table: dataTable, data_visualization: dataVisualization,
  card,
  carousel: (block, surface) => h('div', { class: 'block-carousel', tabindex: '0', role: 'group' }, (block.elements ?? []).map((one) => card(one, surface))),
  alert: (block) => h('div', { class: `block-alert level-${block.level ?? 'default'}`, role: 'note' }, icon(ALERT_ICONS[block.level] ?? 'info'), h('div', { class: 'text' }, textObject(block.text))),
};

/** The names of all block types that this page draws. */
export const RENDERED_BLOCKS = Object.keys(BLOCKS);

function unknown(block) {
  return h('div', { class: 'unknown-block', test: 'unknown-block' }, t('unknownBlock', { type: block?.type ?? '?' }), block?.text ? h('div', {}, plainText(block.text)) : null);
}

/** Blocks as nodes, in their order; a type that the page does not know is shown as a box with its name. */
export function renderBlocks(blocks, surface) {
  return (blocks ?? []).map((block) => {
    const node = (BLOCKS[block?.type] ?? unknown)(block, surface);
    return h('div', { class: 'block', test: `block-${block?.type}`, 'data-block-id': block?.block_id }, node);
  });
}
