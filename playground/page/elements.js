/** Block Kit's interactive elements: one entry point, and those that are neither fields nor selects. */

import { h, icon, safeUrl, svg } from './dom.js';
import { confirmed } from './confirm.js';
import { SELECTS } from './elements_select.js';
import { INPUTS } from './elements_input.js';
import { valueKey } from './forms.js';
import { t } from './labels.js';
import { plainText, textObject } from './mrkdwn.js';
import { openMenu } from './popover.js';

/** Run an action while the control shows that it is at work; nothing happens twice. */
async function working(control, run) {
  if (control.getAttribute('aria-busy') === 'true') return;
  control.setAttribute('aria-busy', 'true');
  control.classList.add('busy');
  try {
    await run();
  } finally {
    control.removeAttribute('aria-busy');
    control.classList.remove('busy');
  }
}

function button(element, block, surface) {
  const style = { primary: ' primary', danger: ' danger' }[element.style] ?? '';
  const node = h('button', {
    type: 'button', class: `button${style}`, test: `action-${element.action_id}`,
    'aria-label': element.accessibility_label || null, title: plainText(element.text).length > 30 ? plainText(element.text) : null,
    onclick: async () => {
      if (!(await confirmed(element.confirm))) return;
      const href = element.url ? safeUrl(element.url) : null;
      if (href) surface.openLink(href);
      await working(node, () => surface.dispatch(block, element, null));
    },
  }, h('span', { class: 'button-text' }, textObject(element.text)), element.url ? icon('link', 14) : null);
  return node;
}

function overflow(element, block, surface) {
  const node = h('button', {
    type: 'button', class: 'button square', test: `action-${element.action_id}`, 'aria-label': t('more'), title: t('more'),
    'aria-haspopup': 'menu', 'aria-expanded': 'false',
    onclick: () => openMenu(node, (element.options ?? []).map((option) => ({
      label: textObject(option.text), hint: option.description ? textObject(option.description) : null, test: `option-${option.value}`,
      run: async () => {
        if (!(await confirmed(element.confirm))) return;
        const href = option.url ? safeUrl(option.url) : null;
        if (href) surface.openLink(href);
        await working(node, () => surface.dispatch(block, element, option));
      },
    })), { align: 'end' }),
  }, icon('more'));
  return node;
}

function choices(element, block, surface, kind) {
  const many = kind === 'checkbox';
  const key = valueKey(element);
  const group = `${block.block_id}-${element.action_id}-${surface.id}`;
  const chosen = () => {
    const value = surface.value(block, element);
    return new Set((many ? value : [value]).filter(Boolean).map((option) => option.value));
  };
  const start = chosen();
  return h('div', { class: 'choices', role: many ? 'group' : 'radiogroup', test: `action-${element.action_id}`, 'data-key': key },
    (element.options ?? []).map((option) => h('label', { class: 'choice' },
      h('input', {
        type: kind, name: group, checked: start.has(option.value), test: `option-${option.value}`,
        onchange: async (event) => {
          const values = chosen();
          if (!(await confirmed(element.confirm))) {
            event.target.checked = values.has(option.value);
            return;
          }
          if (many && event.target.checked) values.add(option.value);
          else if (many) values.delete(option.value);
          surface.change(block, element, many ? element.options.filter((one) => values.has(one.value)) : option);
        },
      }),
      h('span', {}, h('span', {}, textObject(option.text)), option.description ? h('small', {}, textObject(option.description)) : null))));
}

/** A small picture in a context block or beside a section. */
function image(element) {
  const src = safeUrl(element.image_url ?? element.slack_file?.url ?? '');
  if (!src) return h('span', { class: 'muted' }, element.alt_text ?? '');
  return h('img', { class: 'element-image', src, alt: element.alt_text ?? '', loading: 'lazy' });
}

const ELEMENTS = {
  button, overflow, image,
  checkboxes: (element, block, surface) => choices(element, block, surface, 'checkbox'),
  radio_buttons: (element, block, surface) => choices(element, block, surface, 'radio'),
  ...SELECTS, ...INPUTS,
};

/** The names of all element types that this page draws. */
export const RENDERED_ELEMENTS = Object.keys(ELEMENTS);

/** One element as a node; a type that the page does not know is shown as a box with its name. */
export function renderElement(element, block, surface) {
  const render = ELEMENTS[element?.type];
  if (render) return render(element, block, surface);
  return h('span', { class: 'unknown-block', test: 'unknown-block' }, t('unknownElement', { type: element?.type ?? '?' }));
}

/** A turning ring for things under way. */
export function spinner(size = 16) {
  return svg('svg', { viewBox: '0 0 24 24', width: size, height: size, class: 'spinner', 'aria-hidden': 'true', fill: 'none' },
    svg('circle', { cx: 12, cy: 12, r: 9, stroke: 'currentColor', 'stroke-width': 3, opacity: 0.25 }),
    svg('path', { d: 'M12 3a9 9 0 0 1 9 9', stroke: 'currentColor', 'stroke-width': 3, 'stroke-linecap': 'round' }));
}
