/** The workspace's clock: what time it is there, and the ways to move it on. */

import { ApiError, act } from './api.js';
import { fill, h, icon } from './dom.js';
import { spinner } from './elements.js';
import { t } from './labels.js';
import { closePopover, openPopover } from './popover.js';
import { emit, nowMs, on, setClock, state } from './store.js';
import { clockTime, fromField, fullDateTime, shortDate, toField, weekdayTime, zone } from './time.js';

const HOUR = 3600;

/** Move the clock; the bar shows on the way what the server reports. */
async function move(body, target) {
  if (state.moving) return;
  const before = state.clock;
  const from = nowMs();
  setClock(new Date(from).toISOString(), true, target);
  state.movingTo = target;
  emit('clock');
  try {
    const answer = await act('clock', body);
    state.clockIsMoved = true;
    setClock(answer.clock, false);
    if (body.next && answer.stops?.length === 0) emit('notice', { text: t('nothingDue') });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    setClock(before, false);
    emit('notice', { text: error.message, kind: 'error' });
  }
}

const later = (seconds) => new Date(nowMs() + seconds * 1000).toISOString();

function picker(anchor) {
  const field = h('input', { type: 'datetime-local', class: 'input', test: 'clock-field', 'aria-label': t('clockTo'), value: toField(nowMs() + HOUR * 1000), min: toField(nowMs()), autofocus: true });
  const go = (event) => {
    event.preventDefault();
    const ms = field.value ? fromField(field.value) : NaN;
    if (!(ms > nowMs())) {
      emit('notice', { text: t('clockPast'), kind: 'error' });
      return;
    }
    closePopover();
    move({ to: new Date(ms).toISOString() }, new Date(ms).toISOString());
  };
  openPopover(anchor, h('form', { class: 'clock-form', onsubmit: go },
    h('strong', {}, t('clockTo')), field, h('span', { class: 'muted' }, t('wallClock', { zone: zone() })),
    h('div', { class: 'clock-form-row' }, quick('clock-hour-menu', t('greenHour'), t('hourHint'), HOUR), quick('clock-day-menu', t('greenDay'), t('dayHint'), 24 * HOUR)),
    h('button', { type: 'submit', class: 'button primary', test: 'clock-go' }, t('clockGo'))), { label: t('clockTo') });
}

const quick = (test, label, hint, seconds) => h('button', {
  type: 'button', class: 'chip-button', test, title: hint, disabled: state.moving,
  onclick: () => {
    closePopover();
    move({ by: seconds }, later(seconds));
  },
}, label);

/** The clock bar's node. */
export function clockBar() {
  const node = h('div', { class: 'clock', test: 'clock', role: 'group' });
  const text = h('span', { class: 'clock-text' });
  const open = h('button', { type: 'button', class: 'clock-now', test: 'clock-open', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: () => picker(open) });
  let drawn = '';

  function tick() {
    if (!state.ready) return;
    const now = nowMs();
    fill(text, h('span', { class: 'clock-date' }, shortDate(now)), h('strong', {}, clockTime(now)));
    open.title = `${t('clock')}: ${fullDateTime(now)} (${zone()})${state.clockIsMoved ? `. ${t('clockMoved')}` : ''}`;
    open.setAttribute('aria-label', open.title);
  }

  function show() {
    const key = JSON.stringify([state.language, state.moving, state.movingTo, state.me?.id, state.clockIsMoved]);
    if (key !== drawn) {
      drawn = key;
      node.setAttribute('aria-label', t('clock'));
      node.classList.toggle('moving', state.moving);
      const target = state.movingTo ? t('moving', { when: weekdayTime(Date.parse(state.movingTo)) }) : t('movingOn');
      fill(open, icon('clock', 17), text);
      fill(node, open, state.moving
        ? h('span', { class: 'clock-moving', test: 'clock-moving', role: 'status' }, spinner(15), target)
        : [quick('clock-hour', t('greenHour'), t('hourHint'), HOUR), quick('clock-day', t('greenDay'), t('dayHint'), 24 * HOUR),
          h('button', { type: 'button', class: 'chip-button accent', test: 'clock-next', title: t('nextHint'), onclick: () => move({ next: true }, null) }, icon('forward', 15), h('span', {}, t('goToNext')))]);
    }
    tick();
  }

  on('clock', show);
  on('state', show);
  setInterval(() => { if (!state.moving) tick(); }, 1000);
  return node;
}
