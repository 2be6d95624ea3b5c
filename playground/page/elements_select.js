/** Selects of every kind: static, external, people, conversations and channels; one choice or several; searchable. */

import { h, icon, uniqueId } from './dom.js';
import { confirmed } from './confirm.js';
import { t } from './labels.js';
import { plainText, textObject } from './mrkdwn.js';
import { closePopover, openPopover } from './popover.js';
import { avatar } from './people.js';
import { bot, channelLabel, state } from './store.js';

const WAIT_FOR_TYPING_MS = 250;

const person = (user) => ({ key: user.id, label: user.real_name || user.name, hint: user.title, before: avatar(user, 'tiny') });
const channelItem = (channel) => ({
  key: channel.id, label: channelLabel(channel),
  before: channel.kind === 'im' ? avatar(state.users[channel.user], 'tiny') : icon(channel.kind === 'private' ? 'lock' : 'hash', 15),
});

function people() {
  return Object.values(state.users).filter((user) => !user.is_bot && !user.deleted).map(person);
}

function conversations(filter) {
  const kinds = { im: 'im', mpim: 'im', private: 'private', public: 'channel' };
  const wanted = filter?.include ? new Set(filter.include.map((kind) => kinds[kind])) : null;
  return state.channels
    .filter((channel) => !channel.is_archived && (!wanted || wanted.has(channel.kind)))
    .filter((channel) => !(filter?.exclude_bot_users && channel.user === bot()?.id) && !(filter?.exclude_external_shared_channels && channel.is_ext_shared))
    .map(channelItem);
}

const optionItem = (option) => ({ key: option.value, label: plainText(option.text), text: textObject(option.text), hint: option.description ? plainText(option.description) : null, option });

function grouped(data) {
  if (data?.option_groups?.length) return data.option_groups.map((group) => ({ heading: plainText(group.label), items: group.options.map(optionItem) }));
  return [{ items: (data?.options ?? []).map(optionItem) }];
}

/** What each family offers, and how a choice is stored in the form's state. */
const FAMILIES = {
  static: { load: async (element) => grouped(element), store: (item) => item.option, show: (value) => optionItem(value) },
  external: {
    load: async (element, block, surface, typed) => (typed.length >= (element.min_query_length ?? 3) ? grouped(await surface.options(block, element, typed)) : null),
    store: (item) => item.option, show: (value) => optionItem(value), remote: true,
  },
  users: { load: async () => [{ items: people() }], store: (item) => item.key, show: (id) => (state.users[id] ? person(state.users[id]) : { key: id, label: id }) },
  conversations: {
    load: async (element) => [{ items: conversations(element.filter) }], store: (item) => item.key,
    show: (id) => { const channel = state.channels.find((one) => one.id === id); return channel ? channelItem(channel) : { key: id, label: id }; },
  },
};
FAMILIES.channels = { ...FAMILIES.conversations, load: async () => [{ items: conversations({ include: ['public'] }) }] };

const matches = (item, typed) => `${item.label} ${item.hint ?? ''}`.toLocaleLowerCase().includes(typed.toLocaleLowerCase());

function optionRow(item, selected, choose) {
  return h('button', {
    type: 'button', role: 'option', class: 'menu-item', test: `option-${item.key}`, 'aria-selected': String(selected), tabindex: '-1', onclick: () => choose(item),
  }, item.before ?? null, h('span', { class: 'menu-text' }, h('span', {}, item.text ?? item.label), item.hint ? h('small', {}, item.hint) : null), selected ? icon('check', 16) : null);
}

/** The list that opens under a select: a search field and the options. */
function openList(anchor, { element, block, surface, family, isChosen, choose, label }) {
  const list = h('div', { class: 'select-list', role: 'listbox', id: uniqueId('listbox'), 'aria-label': label, 'aria-multiselectable': element.type.startsWith('multi_') ? 'true' : null });
  const search = h('input', {
    type: 'search', class: 'select-search', test: 'select-search', placeholder: family.remote ? t('answerFirst') : t('search'), 'aria-label': t('search'),
    role: 'combobox', 'aria-expanded': 'true', 'aria-controls': list.id, autocomplete: 'off', autofocus: true,
  });
  let turn = 0;
  const show = async () => {
    turn += 1;
    const mine = turn;
    const typed = search.value.trim();
    if (family.remote) list.replaceChildren(h('div', { class: 'select-note' }, t('loading')));
    const groups = await family.load(element, block, surface, typed);
    if (mine !== turn) return;
    const shown = (groups ?? []).map((group) => ({ ...group, items: family.remote ? group.items : group.items.filter((item) => matches(item, typed)) }));
    list.replaceChildren(...shown.filter((group) => group.items.length).flatMap((group) => [
      ...(group.heading ? [h('div', { class: 'menu-heading' }, group.heading)] : []), ...group.items.map((item) => optionRow(item, isChosen(item), choose)),
    ]));
    if (!list.childElementCount) list.append(h('div', { class: 'select-note' }, groups ? t('noMatches') : t('answerFirst')));
  };
  let timer = null;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    if (family.remote) timer = setTimeout(show, WAIT_FOR_TYPING_MS);
    else show();
  });
  const box = h('div', { class: 'select-box', onkeydown: (event) => steer(event, list, search) }, h('div', { class: 'select-head' }, icon('search', 15), search), list);
  openPopover(anchor, box, { className: 'select-popover', role: 'dialog', label });
  show();
  return show;
}

function steer(event, list, search) {
  const rows = [...list.querySelectorAll('[role=option]')];
  const at = rows.indexOf(document.activeElement);
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    if (next < 0) search.focus();
    else rows[Math.min(next, rows.length - 1)]?.focus();
  } else if (event.key === 'Enter' && document.activeElement === search) {
    event.preventDefault();
    rows[0]?.click();
  }
}

function single(element, block, surface, family) {
  const placeholder = () => plainText(element.placeholder) || t('selectPlaceholder');
  const text = h('span', { class: 'select-value' });
  const node = h('button', { type: 'button', class: 'select', test: `action-${element.action_id}`, 'aria-haspopup': 'listbox', 'aria-expanded': 'false' }, text, icon('chevron', 16));
  const clear = block.type === 'input' && block.optional
    ? h('button', { type: 'button', class: 'select-clear', 'aria-label': t('clear'), title: t('clear'), onclick: () => choose(null) }, icon('close', 14)) : null;
  const show = () => {
    const value = surface.value(block, element);
    const item = value ? family.show(value) : null;
    text.replaceChildren(...[item?.before, item ? document.createTextNode(item.label) : document.createTextNode(placeholder())].filter(Boolean));
    text.classList.toggle('placeholder', !item);
    if (clear) clear.hidden = !item;
    if (!surface.labels(block)) node.setAttribute('aria-label', item ? `${placeholder()}: ${item.label}` : placeholder());
  };
  const choose = async (item) => {
    closePopover();
    if (!(await confirmed(element.confirm))) return;
    surface.change(block, element, item ? family.store(item) : null);
    show();
  };
  node.addEventListener('click', () => openList(node, {
    element, block, surface, family, choose, label: placeholder(),
    isChosen: (item) => { const value = surface.value(block, element); return value ? family.show(value).key === item.key : false; },
  }));
  show();
  return clear ? h('div', { class: 'select-row' }, node, clear) : node;
}

function multiple(element, block, surface, family) {
  const placeholder = () => plainText(element.placeholder) || t('selectPlaceholder');
  const chips = h('span', { class: 'chips' });
  const add = h('button', { type: 'button', class: 'select-add', test: `action-${element.action_id}`, 'aria-haspopup': 'listbox', 'aria-expanded': 'false' });
  const node = h('div', { class: 'select multi' }, chips, add, icon('chevron', 16));
  const most = element.max_selected_items ?? Infinity;
  const note = h('div', { class: 'field-hint', hidden: true }, t('tooMany', { n: most }));
  const values = () => surface.value(block, element) ?? [];
  const keyOf = (value) => family.show(value).key;
  const change = (next) => {
    surface.change(block, element, next);
    show();
  };
  const show = () => {
    chips.replaceChildren(...values().map((value) => {
      const item = family.show(value);
      return h('span', { class: 'chip' }, item.before ?? null, h('span', {}, item.label), h('button', {
        type: 'button', class: 'chip-remove', 'aria-label': t('removeItem', { name: item.label }), onclick: () => change(values().filter((one) => keyOf(one) !== item.key)),
      }, icon('close', 12)));
    }));
    add.textContent = values().length ? '' : placeholder();
    add.setAttribute('aria-label', placeholder());
    note.hidden = values().length < most;
  };
  add.addEventListener('click', () => {
    let refresh = null;
    refresh = openList(add, {
      element, block, surface, family, label: placeholder(), isChosen: (item) => values().some((value) => keyOf(value) === item.key),
      choose: (item) => {
        if (values().some((value) => keyOf(value) === item.key)) change(values().filter((value) => keyOf(value) !== item.key));
        else if (values().length < most) change([...values(), family.store(item)]);
        refresh?.();
      },
    });
  });
  show();
  return h('div', { class: 'select-multi' }, node, note);
}

export const SELECTS = {};
for (const [name, family] of Object.entries(FAMILIES)) {
  SELECTS[`${name}_select`] = (element, block, surface) => single(element, block, surface, family);
  SELECTS[`multi_${name}_select`] = (element, block, surface) => multiple(element, block, surface, family);
}
