/**
 * `data_visualization`: bar, line, area and pie, drawn in SVG with the theme's colours, to the width that is there.
 * Bars whose names do not fit side by side lie down, so that a chart stays readable on a phone.
 */

import { h, svg } from './dom.js';
import { t } from './labels.js';
import { locale } from './time.js';

const HEIGHT = 210;
const CHARACTER = 6.3; // mean width of a character at the axis' font size, in pixels
const colour = (i) => `series series-${i % 6}`;
const number = (value) => (value === null ? '–' : value.toLocaleString(locale(), { maximumFractionDigits: 2 }));
const compact = (value) => (Math.abs(value) < 10_000 ? number(value) : value.toLocaleString(locale(), { notation: 'compact', maximumFractionDigits: 1 }));

/** The series as rows of numbers in the order of the categories; a missing point is null. */
function readSeries(chart) {
  const categories = chart.axis_config?.categories ?? [...new Set((chart.series ?? []).flatMap((one) => one.data.map((point) => point.label)))];
  const series = (chart.series ?? []).map((one) => {
    const points = new Map((one.data ?? []).map((point) => [point.label, Number(point.value)]));
    return { name: one.name, values: categories.map((label) => (points.has(label) ? points.get(label) : null)) };
  });
  return { categories, series };
}

/** Round steps from nought (or below) to the top: 1, 2, 2.5 or 5 times a power of ten, whole for whole numbers. */
function scale(values) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(0, ...known);
  const bottom = Math.min(0, ...known);
  const whole = known.every(Number.isInteger);
  const rough = (top - bottom || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  if (whole) step = Math.max(1, Math.ceil(step));
  const low = Math.floor(bottom / step) * step;
  const high = Math.max(low + step, Math.ceil(top / step) * step);
  const count = Math.round((high - low) / step);
  return { low, high, ticks: Array.from({ length: count + 1 }, (_, i) => low + i * step) };
}

const label = (x, y, text, attributes = {}) => svg('text', { x, y, ...attributes }, text);
const pointTitle = (series, category, value) => svg('title', {}, `${series ? `${series}, ` : ''}${category}: ${number(value)}`);

function frame(width, categories, series, left) {
  const { low, high, ticks } = scale(series.flatMap((one) => one.values));
  const box = { left, right: width - 8, top: 18, bottom: HEIGHT - 26 };
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  const slot = (box.right - box.left) / Math.max(categories.length, 1);
  const grid = ticks.map((tick) => svg('g', { class: 'tick' },
    svg('line', { x1: box.left, x2: box.right, y1: y(tick), y2: y(tick), class: tick === 0 ? 'axis' : 'grid' }),
    label(box.left - 8, y(tick) + 4, compact(tick), { 'text-anchor': 'end' })));
  const every = Math.max(1, Math.ceil((Math.max(...categories.map((name) => name.length), 1) * CHARACTER + 8) / slot));
  const names = categories.map((name, i) => (i % every ? null : label(box.left + slot * (i + 0.5), HEIGHT - 8, name, { 'text-anchor': 'middle' })));
  return { box, y, slot, grid, names };
}

const leftMargin = (series) => 16 + CHARACTER * Math.max(...scale(series.flatMap((one) => one.values)).ticks.map((tick) => compact(tick).length));

function standingBars(width, { categories, series }) {
  const { y, slot, box, grid, names } = frame(width, categories, series, leftMargin(series));
  const bar = Math.min(44, (slot * 0.72) / series.length);
  const bars = categories.flatMap((name, c) => series.map((one, s) => {
    const value = one.values[c];
    if (value === null) return null;
    const x = box.left + slot * (c + 0.5) + (s - series.length / 2) * bar;
    const top = Math.min(y(value), y(0));
    const size = Math.max(Math.abs(y(value) - y(0)), value === 0 ? 0 : 1);
    return svg('g', {}, svg('rect', { x: x + 1, y: top, width: Math.max(bar - 2, 1), height: size, rx: Math.min(4, bar / 4), class: colour(s) }, pointTitle(series.length > 1 ? one.name : '', name, value)),
      bar >= compact(value).length * CHARACTER + 1 ? label(x + bar / 2, top - 5, compact(value), { 'text-anchor': 'middle', class: 'value' }) : null);
  }));
  return { height: HEIGHT, nodes: [grid, names, bars] };
}

function lyingBars(width, { categories, series }) {
  const { low, high } = scale(series.flatMap((one) => one.values));
  const nameWidth = Math.min(width * 0.4, Math.max(...categories.map((name) => name.length)) * CHARACTER + 10);
  const thick = series.length > 1 ? 12 : 16;
  const row = thick * series.length + 12;
  const room = width - nameWidth - 46;
  const x = (value) => nameWidth + ((value - low) / (high - low)) * room;
  const fit = Math.floor(nameWidth / CHARACTER);
  const nodes = categories.map((name, c) => svg('g', {},
    label(nameWidth - 8, c * row + row / 2 + 4, name.length > fit ? `${name.slice(0, fit - 1)}…` : name, { 'text-anchor': 'end' }),
    series.map((one, s) => {
      const value = one.values[c];
      if (value === null) return null;
      const top = c * row + 6 + s * thick;
      return svg('g', {}, svg('rect', { x: Math.min(x(0), x(value)), y: top, width: Math.max(Math.abs(x(value) - x(0)), value === 0 ? 0 : 1), height: thick - 2, rx: 3, class: colour(s) }, pointTitle(series.length > 1 ? one.name : '', name, value)),
        label(Math.max(x(0), x(value)) + 5, top + thick - 4, compact(value), { class: 'value' }));
    })));
  nodes.push(svg('line', { x1: x(0), x2: x(0), y1: 2, y2: categories.length * row, class: 'axis' }));
  return { height: categories.length * row + 4, nodes };
}

function bars(width, data) {
  const longest = Math.max(...data.categories.map((name) => name.length), 1) * CHARACTER + 10;
  const slot = (width - leftMargin(data.series) - 8) / Math.max(data.categories.length, 1);
  return longest > slot || slot / data.series.length < 14 ? lyingBars(width, data) : standingBars(width, data);
}

function lines(width, { categories, series }, filled) {
  const { y, slot, box, grid, names } = frame(width, categories, series, leftMargin(series));
  const x = (i) => box.left + slot * (i + 0.5);
  const shapes = series.map((one, s) => {
    const runs = [];
    one.values.forEach((value, i) => {
      if (value === null) runs.push([]);
      else (runs.at(-1) ?? (runs.push([]), runs[0])).push([x(i), y(value), i, value]);
    });
    return svg('g', { class: colour(s) }, runs.filter((run) => run.length).map((run) => {
      const path = run.map(([px, py], i) => `${i ? 'L' : 'M'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
      return [
        filled ? svg('path', { d: `${path}L${run.at(-1)[0]} ${y(0)}L${run[0][0]} ${y(0)}Z`, class: 'fill' }) : null,
        svg('path', { d: path, class: 'stroke' }),
        run.map(([px, py, i, value]) => svg('g', {}, svg('circle', { cx: px, cy: py, r: 3.5, class: 'dot' }, pointTitle(series.length > 1 ? one.name : '', categories[i], value)),
          series.length === 1 && slot > compact(value).length * CHARACTER + 4 ? label(px, py - 9, compact(value), { 'text-anchor': 'middle', class: 'value' }) : null)),
      ];
    }));
  });
  return { height: HEIGHT, nodes: [grid, names, shapes] };
}

function pie(width, segments) {
  const total = segments.reduce((sum, one) => sum + Math.max(0, Number(one.value)), 0);
  const size = Math.min(190, width);
  const middle = size / 2;
  const radius = middle - 4;
  let angle = -Math.PI / 2;
  const at = (turn) => `${(middle + radius * Math.cos(turn)).toFixed(2)} ${(middle + radius * Math.sin(turn)).toFixed(2)}`;
  const nodes = segments.map((one, i) => {
    const share = total ? Math.max(0, Number(one.value)) / total : 0;
    const start = angle;
    angle += share * 2 * Math.PI;
    const title = pointTitle('', one.label, Number(one.value));
    if (share > 0.9999) return svg('circle', { cx: middle, cy: middle, r: radius, class: colour(i) }, title);
    return share ? svg('path', { d: `M${middle} ${middle}L${at(start)}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${at(angle)}Z`, class: `${colour(i)} slice` }, title) : null;
  });
  nodes.push(svg('circle', { cx: middle, cy: middle, r: radius * 0.56, class: 'hole' }), label(middle, middle + 7, compact(total), { 'text-anchor': 'middle', class: 'total' }));
  return { width: size, height: size, nodes, total };
}

function legendItem(i, name, value = null) {
  return h('li', {}, h('span', { class: `swatch ${colour(i)}` }), h('span', {}, name), value === null ? null : h('span', { class: 'legend-value' }, value));
}

function legend(chart, data) {
  if (chart.type === 'pie') {
    const total = chart.segments.reduce((sum, one) => sum + Math.max(0, Number(one.value)), 0);
    return chart.segments.map((one, i) => legendItem(i, one.label, `${number(Number(one.value))}${total ? ` · ${Math.round((one.value / total) * 100)}%` : ''}`));
  }
  return data.series.map((one, i) => legendItem(i, one.name));
}

/** All values in words, for people who cannot see the drawing. */
function inWords(chart, data) {
  if (chart.type === 'pie') return chart.segments.map((one) => `${one.label}: ${number(Number(one.value))}`).join('; ');
  return data.series.map((one) => `${one.name}: ${one.values.map((value, i) => `${data.categories[i]} ${value === null ? t('noNumber') : number(value)}`).join(', ')}`).join('; ');
}

function draw(chart, data, width) {
  if (chart.type === 'pie') return pie(width, chart.segments ?? []);
  if (chart.type === 'bar') return bars(width, data);
  return lines(width, data, chart.type === 'area');
}

/** The block: title, drawing, legend. It is drawn again when its width changes. */
export function dataVisualization(block) {
  const chart = block.chart ?? {};
  const data = chart.type === 'pie' ? { categories: [], series: [] } : readSeries(chart);
  const holder = h('div', { class: 'chart-drawing' });
  const { x_label: xLabel, y_label: yLabel } = chart.axis_config ?? {};
  const show = (width) => {
    const { nodes, height, width: own } = draw(chart, data, width);
    holder.replaceChildren(svg('svg', { viewBox: `0 0 ${own ?? width} ${height}`, width: own ?? width, height, role: 'img', 'aria-label': `${block.title ?? t('chart')}. ${inWords(chart, data)}` }, nodes));
  };
  const figure = h('figure', { class: `chart chart-${chart.type}`, test: 'chart' },
    h('figcaption', {}, block.title ?? t('chart')),
    yLabel ? h('div', { class: 'axis-label' }, yLabel) : null,
    h('div', { class: 'chart-body' }, holder, h('ul', { class: 'legend', 'aria-hidden': 'true' }, legend(chart, data))),
    xLabel ? h('div', { class: 'axis-label axis-x' }, xLabel) : null);
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0 && width !== drawn) show((drawn = width));
  }).observe(holder);
  return figure;
}
