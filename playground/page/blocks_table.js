/** Tables: the plain `table` block and `data_table` with caption, sorting and pages. */

import { h, icon, iconButton } from './dom.js';
import { t } from './labels.js';
import { textNodes, unescape } from './mrkdwn.js';
import { richText } from './richtext.js';
import { locale } from './time.js';

const PAGE_SIZE = 5; // Slack's default

function cellNodes(cell) {
  if (cell?.type === 'rich_text') return richText(cell);
  if (cell?.type === 'raw_number') return [document.createTextNode(cell.text ?? (cell.value ?? '').toLocaleString(locale()))];
  return textNodes(unescape(String(cell?.text ?? '')));
}

const flatten = (element) => element.text ?? (element.elements ?? []).map(flatten).join('');
const cellText = (cell) => (cell?.type === 'rich_text' ? flatten(cell) : String(cell?.text ?? cell?.value ?? ''));
/** A column of numbers; a cell without one ("–") does not change that. */
const isNumeric = (rows, column) => rows.some((row) => row[column]?.type === 'raw_number') && rows.every((row) => row[column]?.type === 'raw_number' || cellText(row[column]).length <= 2);
const asNumber = (cell) => (cell?.type === 'raw_number' ? Number(cell.value) : -Infinity);

/** Slack's `table`: the first row is the header; columns may be aligned and wrapped. */
export function table(block) {
  const settings = block.column_settings ?? [];
  const shape = (column) => `align-${settings[column]?.align ?? 'left'}${settings[column]?.is_wrapped ? ' wrapped' : ''}`;
  const [head, ...rows] = block.rows ?? [];
  return h('div', { class: 'table-scroll', tabindex: '0', role: 'group' }, h('table', { class: 'table' },
    h('thead', {}, h('tr', {}, (head ?? []).map((cell, i) => h('th', { scope: 'col', class: shape(i) }, cellNodes(cell))))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell, i) => h('td', { class: shape(i) }, cellNodes(cell))))))));
}

function compare(column, rows) {
  if (isNumeric(rows, column)) return (a, b) => asNumber(a[column]) - asNumber(b[column]) || 0;
  const collator = new Intl.Collator(locale(), { numeric: true, sensitivity: 'base' });
  return (a, b) => collator.compare(cellText(a[column]), cellText(b[column]));
}

/** `data_table`: a press on a column's head sorts up, down, then back; long tables come in pages. */
export function dataTable(block) {
  const [head, ...rows] = block.rows ?? [[]];
  const size = block.page_size ?? PAGE_SIZE;
  const rowHeader = block.row_header_column_index ?? 0;
  const view = { column: null, direction: 1, page: 0 };
  const body = h('tbody', {});
  const heads = head.map((cell, column) => h('th', { scope: 'col', class: isNumeric(rows, column) ? 'align-right' : null }, h('button', {
    type: 'button', class: 'sort-button', test: `data-table-sort-${column}`, title: t('sortBy', { name: cellText(cell) }),
    onclick: () => {
      if (view.column !== column) Object.assign(view, { column, direction: 1 });
      else if (view.direction === 1) view.direction = -1;
      else Object.assign(view, { column: null, direction: 1 });
      view.page = 0;
      show();
    },
  }, cellNodes(cell), icon('sort', 14))));
  const place = h('span', { class: 'muted' });
  const previous = iconButton('left', t('previousPage'), { test: 'page-previous', onclick: () => turn(-1) });
  const next = iconButton('right', t('nextPage'), { test: 'page-next', onclick: () => turn(1) });
  const pages = Math.max(1, Math.ceil(rows.length / size));

  function turn(by) {
    view.page += by;
    show();
  }

  function show() {
    const sorted = view.column === null ? rows : [...rows].sort((a, b) => view.direction * compare(view.column, rows)(a, b));
    const from = view.page * size;
    const shown = sorted.slice(from, from + size);
    const numeric = head.map((_, i) => isNumeric(rows, i));
    body.replaceChildren(...shown.map((row) => h('tr', {}, row.map((cell, i) =>
      h(i === rowHeader ? 'th' : 'td', { scope: i === rowHeader ? 'row' : null, class: numeric[i] ? 'align-right' : null }, cellNodes(cell))))));
    heads.forEach((node, i) => node.setAttribute('aria-sort', view.column !== i ? 'none' : view.direction === 1 ? 'ascending' : 'descending'));
    place.textContent = t('pageOf', { from: rows.length ? from + 1 : 0, to: from + shown.length, all: rows.length });
    previous.disabled = view.page === 0;
    next.disabled = view.page >= pages - 1;
  }

  show();
  return h('div', { class: 'data-table', test: 'data-table' },
    h('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': block.caption ?? '' }, h('table', { class: 'table' },
      h('caption', {}, textNodes(unescape(block.caption ?? ''))), h('thead', {}, h('tr', {}, heads)), body)),
    pages > 1 ? h('div', { class: 'table-pages' }, place, previous, next) : null);
}
