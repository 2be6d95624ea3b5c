/** Fields to type into: text, number, address, link, date and time. */

import { h } from './dom.js';
import { t } from './labels.js';
import { asTyped, plainText } from './mrkdwn.js';
import { fromField, toField } from './time.js';

/** A field whose typing is stored at once and sent, where the block asks for it, on Enter or on each character. */
function typed(element, block, surface, attributes, read = (text) => text || null) {
  const tag = element.multiline || element.type === 'rich_text_input' ? 'textarea' : 'input';
  const config = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const node = h(tag, {
    class: 'input', test: `action-${element.action_id}`, placeholder: plainText(element.placeholder) || null, autocomplete: 'off',
    'aria-label': surface.labels(block) ? null : plainText(element.placeholder) || null, ...attributes,
  });
  const counter = element.max_length && element.type === 'plain_text_input' ? h('div', { class: 'field-hint counter', 'aria-live': 'polite' }) : null;
  const count = () => {
    const left = element.max_length - node.value.length;
    if (counter) counter.textContent = left < Math.max(20, element.max_length * 0.1) ? t('remainingCharacters', { n: left }) : '';
  };
  let timer = null;
  node.addEventListener('input', () => {
    surface.store(block, element, read(node.value));
    count();
    if (block.dispatch_action && config.includes('on_character_entered')) {
      clearTimeout(timer);
      timer = setTimeout(() => surface.dispatch(block, element, read(node.value)), 400);
    }
  });
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || (tag === 'textarea' && !event.metaKey && !event.ctrlKey)) return;
    event.preventDefault();
    if (block.dispatch_action && config.includes('on_enter_pressed')) surface.dispatch(block, element, read(node.value));
    else surface.submit?.();
  });
  count();
  return counter ? h('div', {}, node, counter) : node;
}

const textValue = (element, block, surface) => {
  const value = surface.value(block, element);
  return typeof value === 'string' ? value : '';
};

function plainTextInput(element, block, surface) {
  return typed(element, block, surface, { type: element.multiline ? null : 'text', rows: element.multiline ? 5 : null, value: textValue(element, block, surface) });
}

/** Slack's rich_text value of a text typed without formatting. */
const asRichText = (text) => (text ? { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] } : null);
const fromRichText = (value) => (value?.elements ?? []).map((section) => (section.elements ?? []).map((part) => part.text ?? part.url ?? asTyped(part.name ?? '')).join('')).join('\n');

function dateInput(type, attributes = () => ({})) {
  return (element, block, surface) => h('input', {
    class: 'input date-input', type, test: `action-${element.action_id}`, value: surface.value(block, element) ?? '', ...attributes(element),
    'aria-label': surface.labels(block) ? null : plainText(element.placeholder) || null,
    onchange: (event) => surface.change(block, element, event.target.value || null),
  });
}

function dateTime(element, block, surface) {
  const value = surface.value(block, element);
  return h('input', {
    class: 'input date-input', type: 'datetime-local', test: `action-${element.action_id}`, value: value ? toField(Number(value) * 1000) : '',
    onchange: (event) => surface.change(block, element, event.target.value ? Math.floor(fromField(event.target.value) / 1000) : null),
  });
}

export const INPUTS = {
  plain_text_input: plainTextInput,
  number_input: (element, block, surface) => typed(element, block, surface, {
    type: 'text', inputmode: element.is_decimal_allowed ? 'decimal' : 'numeric', value: textValue(element, block, surface),
  }, (text) => text.trim().replace(',', '.') || null),
  email_text_input: (element, block, surface) => typed(element, block, surface, { type: 'email', value: textValue(element, block, surface) }, (text) => text.trim() || null),
  url_text_input: (element, block, surface) => typed(element, block, surface, { type: 'url', value: textValue(element, block, surface) }, (text) => text.trim() || null),
  rich_text_input: (element, block, surface) => typed(element, block, surface, { rows: 5, value: fromRichText(surface.value(block, element)) }, asRichText),
  datepicker: dateInput('date'),
  timepicker: dateInput('time'),
  datetimepicker: dateTime,
};
