/** The guided tour at the side: steps that take one to the right person and channel, and can be ticked off. */

import { fill, h, icon, iconButton, svg } from './dom.js';
import { t } from './labels.js';
import { mrkdwn } from './mrkdwn.js';
import { avatar } from './people.js';
import { channelById, emit, on, state } from './store.js';

const key = () => `frontline-tour/${state.team.name}/${state.language}`;

function doneSteps() {
  try {
    return new Set(JSON.parse(localStorage.getItem(key()) ?? '[]'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DOMException) return new Set(); // no or foreign storage: start anew
    throw error;
  }
}

function remember(done) {
  try {
    localStorage.setItem(key(), JSON.stringify([...done]));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // storage switched off: ticks last as long as the page
  }
}

const escape = (text) => String(text ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A step's text; a command in it can be put into the message box by a press. */
function stepText(step) {
  const nodes = mrkdwn(escape(step.text));
  return nodes.map((node) => {
    const text = node.nodeName === 'CODE' ? node.textContent : '';
    if (!text.startsWith('/')) return node;
    return h('button', {
      type: 'button', class: 'tour-command', title: t('tourTry'),
      onclick: (event) => {
        event.stopPropagation();
        emit('tour-command', { step, text });
      },
    }, text);
  });
}

function ring(done, all) {
  const length = 2 * Math.PI * 9;
  return svg('svg', { viewBox: '0 0 24 24', width: 22, height: 22, class: 'ring', 'aria-hidden': 'true', fill: 'none' },
    svg('circle', { cx: 12, cy: 12, r: 9, class: 'ring-back' }),
    svg('circle', { cx: 12, cy: 12, r: 9, class: 'ring-done', 'stroke-dasharray': `${(all ? done / all : 0) * length} ${length}`, transform: 'rotate(-90 12 12)' }));
}

export function tourPanel(panel) {
  let done = new Set();
  let loadedFor = null;
  let current = null;

  function toggle(step) {
    if (done.has(step.id)) done.delete(step.id);
    else done.add(step.id);
    remember(done);
    show();
  }

  function stepNode(step, number) {
    const finished = done.has(step.id);
    const actor = step.actor ? state.users[step.actor] : null;
    const channel = step.channel ? channelById(step.channel) : null;
    return h('li', { class: `tour-step${finished ? ' done' : ''}${current === step.id ? ' current' : ''}`, test: `tour-step-${step.id}` },
      h('button', { type: 'button', class: 'tour-tick', test: `tour-tick-${step.id}`, 'aria-pressed': String(finished), 'aria-label': t('tourTick', { name: step.title }), onclick: () => toggle(step) }, finished ? icon('check', 14) : String(number)),
      h('div', { class: 'tour-body' },
        h('button', {
          type: 'button', class: 'tour-title',
          onclick: () => {
            current = step.id;
            show();
            emit('tour-step', step);
          },
        }, step.title),
        h('div', { class: 'tour-text' }, stepText(step)),
        actor || channel ? h('div', { class: 'tour-where', 'aria-hidden': 'true' }, actor ? [avatar(actor, 'tiny'), h('span', {}, (actor.real_name || actor.name).split(' ')[0])] : null, channel ? h('span', {}, channel.kind === 'im' ? '' : `#${channel.name}`) : null) : null));
  }

  function show() {
    if (!state.ready) return;
    const wanted = `${state.team.name}/${state.language}`;
    if (wanted !== loadedFor) {
      done = doneSteps();
      loadedFor = wanted;
    }
    const count = state.tour.filter((step) => done.has(step.id)).length;
    panel.setAttribute('aria-label', t('tourTitle'));
    const scroll = panel.querySelector('.tour-steps')?.scrollTop ?? 0;
    fill(panel, h('header', { class: 'panel-head' }, ring(count, state.tour.length),
      h('div', { class: 'panel-title column' }, h('h2', {}, t('tourTitle')), h('span', { class: 'muted' }, t('step', { n: count, all: state.tour.length }))),
      iconButton('close', t('closeTour'), { test: 'tour-close', onclick: () => emit('toggle-tour', false) })),
    h('ol', { class: 'tour-steps' }, state.tour.map((step, i) => stepNode(step, i + 1))));
    panel.querySelector('.tour-steps').scrollTop = scroll;
  }

  on('state', show);
  return { show };
}
