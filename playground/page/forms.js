/**
 * The state of a form in Slack's own shapes: what an element starts with, what `view.state.values` holds,
 * what a block_action carries, and which fields are not filled in properly.
 */

import { t } from './labels.js';
import { state } from './store.js';

const KEYS = {
  static_select: 'selected_option', external_select: 'selected_option', radio_buttons: 'selected_option',
  multi_static_select: 'selected_options', multi_external_select: 'selected_options', checkboxes: 'selected_options',
  users_select: 'selected_user', multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation', multi_conversations_select: 'selected_conversations',
  channels_select: 'selected_channel', multi_channels_select: 'selected_channels',
  datepicker: 'selected_date', timepicker: 'selected_time', datetimepicker: 'selected_date_time',
  plain_text_input: 'value', number_input: 'value', email_text_input: 'value', url_text_input: 'value',
  rich_text_input: 'rich_text_value',
};

const INITIAL = {
  selected_option: 'initial_option', selected_options: 'initial_options',
  selected_user: 'initial_user', selected_users: 'initial_users',
  selected_conversation: 'initial_conversation', selected_conversations: 'initial_conversations',
  selected_channel: 'initial_channel', selected_channels: 'initial_channels',
  selected_date: 'initial_date', selected_time: 'initial_time', selected_date_time: 'initial_date_time',
  value: 'initial_value', rich_text_value: 'initial_value',
};

/** The name of the value in Slack's state for this element type, or undefined where it holds none. */
export const valueKey = (element) => KEYS[element.type];

const isList = (key) => ['selected_options', 'selected_users', 'selected_conversations', 'selected_channels'].includes(key);

/** What the element holds before anyone touched it. */
export function initialValue(element) {
  const key = valueKey(element);
  const here = element.default_to_current_conversation && state.place.channel ? state.place.channel : undefined;
  const given = element[INITIAL[key]] ?? (here && isList(key) ? [here] : here);
  if (isList(key)) return given ?? [];
  return key === 'value' && given !== undefined && given !== null ? String(given) : given ?? null;
}

/** What the server still knows of a form's fields (after the page was loaded anew). */
export function keptValues(view) {
  const values = new Map();
  for (const { block, element } of interactiveElements(view.blocks)) {
    const kept = view.state?.values?.[block.block_id]?.[element.action_id];
    if (kept && valueKey(element) in kept) values.set(valueId(block, element), kept[valueKey(element)]);
  }
  return values;
}

/** All elements of the blocks that a person can use, each with its block. */
export function interactiveElements(blocks) {
  return (blocks ?? []).flatMap((block) => {
    const elements = [block.element, block.accessory, ...(['actions', 'carousel'].includes(block.type) ? block.elements : []), ...(block.actions ?? [])];
    return elements.filter((element) => element && element.action_id).map((element) => ({ block, element }));
  });
}

export const valueId = (block, element) => `${block.block_id}\u0000${element.action_id}`;

export function currentValue(values, block, element) {
  const id = valueId(block, element);
  return values.has(id) ? values.get(id) : initialValue(element);
}

/** `view.state.values`: {block_id: {action_id: {type, …}}} for everything that holds a value. */
export function stateValues(blocks, values) {
  const result = {};
  for (const { block, element } of interactiveElements(blocks)) {
    const key = valueKey(element);
    if (!key) continue;
    result[block.block_id] ??= {};
    result[block.block_id][element.action_id] = { type: element.type, [key]: currentValue(values, block, element) };
  }
  return result;
}

/** The `value` of a block_action in the page's contract with the server. */
export function actionValue(element, value) {
  const key = valueKey(element);
  if (element.type === 'overflow' || key === 'selected_option') return { option: value };
  if (key === 'selected_options') return { options: value };
  if (key === 'value') return { value };
  if (key === 'rich_text_value') return { rich_text: value };
  return key ? { selected: value } : null;
}

const isEmpty = (value) => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

function numberFault(element, value) {
  const number = Number(value);
  if (!/^-?\d*[.,]?\d+$/.test(value.trim()) || Number.isNaN(number)) return t('invalidNumber');
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return t('invalidNumber');
  if (element.min_value !== undefined && number < Number(element.min_value)) return t('numberMin', { n: element.min_value });
  if (element.max_value !== undefined && number > Number(element.max_value)) return t('numberMax', { n: element.max_value });
  return null;
}

const CHECKS = {
  number_input: numberFault,
  email_text_input: (_, value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()) ? null : t('invalidEmail')),
  url_text_input: (_, value) => (/^https?:\/\/\S+$/i.test(value.trim()) ? null : t('invalidUrl')),
  plain_text_input: (element, value) => {
    if (element.min_length && value.length < element.min_length) return t('textMin', { n: element.min_length });
    if (element.max_length && value.length > element.max_length) return t('textMax', { n: element.max_length });
    return null;
  },
};

/** What is wrong with the input blocks, as Slack checks it before it sends a form: {block_id: sentence}. */
export function faults(blocks, values) {
  const found = {};
  for (const block of (blocks ?? []).filter((one) => one.type === 'input')) {
    const value = currentValue(values, block, block.element);
    const blank = isEmpty(value) || (typeof value === 'string' && value.trim() === '');
    if (blank && !block.optional) found[block.block_id] = t('required');
    const check = blank ? null : CHECKS[block.element.type]?.(block.element, value);
    if (check) found[block.block_id] = check;
  }
  return found;
}
