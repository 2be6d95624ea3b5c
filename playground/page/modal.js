/** Forms: the person's stack of views as Slack shows it, the top one only, with what was typed kept over updates. */

import { ApiError, act, tryAct } from './api.js';
import { renderBlocks } from './blocks.js';
import { fill, h, icon, iconButton } from './dom.js';
import { spinner } from './elements.js';
import { faults, interactiveElements, keptValues, stateValues, valueId } from './forms.js';
import { errorText, t } from './labels.js';
import { plainText, textObject } from './mrkdwn.js';
import { avatar } from './people.js';
import { closePopover } from './popover.js';
import { bot, emit, on, state } from './store.js';
import { Surface } from './surface.js';

const forms = new Map(); // view id -> {values, errors, error, busy}

function formOf(view) {
  if (!forms.has(view.id)) forms.set(view.id, { values: keptValues(view), errors: {}, error: null, busy: false, hash: null });
  return forms.get(view.id);
}

/** Keep typed values whose block and action still exist: Slack does the same on views.update. */
function keepKnown(form, view) {
  const known = new Set(interactiveElements(view.blocks).map(({ block, element }) => valueId(block, element)));
  for (const key of [...form.values.keys()]) if (!known.has(key)) form.values.delete(key);
}

export function modalLayer() {
  const dialog = h('dialog', { class: 'dialog modal', test: 'modal' });
  let shownKey = null;
  document.body.append(dialog);

  const top = () => state.stack.at(-1) ?? null;

  async function close() {
    const view = top();
    if (view && !formOf(view).busy) await tryAct('close_view', { view_id: view.id });
  }

  async function submit() {
    const view = top();
    const form = view ? formOf(view) : null;
    if (!form || form.busy || !view.submit) return; // Enter in a form without a submit button
    form.errors = faults(view.blocks, form.values);
    form.error = null;
    if (Object.keys(form.errors).length) {
      draw(true);
      return;
    }
    form.busy = true;
    draw();
    try {
      const answer = await act('submit_view', { view_id: view.id, state: stateValues(view.blocks, form.values) });
      if (answer.ok === false) Object.assign(form, { errors: answer.errors ?? {}, error: answer.error ? errorText(answer.error) : null });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      form.error = errorText(error.message);
    } finally {
      form.busy = false;
    }
    if (top()?.id === view.id) draw(Object.keys(form.errors).length > 0);
  }

  function head(view) {
    return h('header', { class: 'modal-head' },
      state.stack.length > 1 ? iconButton('left', t('back'), { onclick: close }) : avatar(bot(), 'small'),
      h('h2', { test: 'modal-title', id: 'modal-title' }, textObject(view.title)),
      iconButton('close', t('close'), { test: 'modal-close', onclick: close }));
  }

  function foot(view, form) {
    return h('footer', { class: 'modal-foot' },
      h('button', { type: 'button', class: 'button', test: 'modal-cancel', onclick: close, disabled: form.busy }, view.close ? textObject(view.close) : t(view.submit ? 'cancel' : 'close')),
      view.submit ? h('button', { type: 'submit', class: 'button primary', test: 'modal-submit', 'aria-busy': String(form.busy), disabled: form.busy }, form.busy ? spinner() : null, textObject(view.submit)) : null);
  }

  /** Where the focus stands, so that a redraw of the same form can put it back. */
  function focusedField() {
    const field = document.activeElement?.closest?.('[data-testid^="field-"], [data-block-id]');
    const own = document.activeElement?.getAttribute?.('data-testid');
    const { selectionStart: from } = document.activeElement ?? {};
    return field && own && dialog.contains(field) ? { selector: `[data-testid="${CSS.escape(field.dataset.testid)}"] [data-testid="${CSS.escape(own)}"]`, from } : null;
  }

  function focusFirst(inError) {
    const scope = inError ? dialog.querySelector('.invalid') : dialog.querySelector('.modal-body');
    const target = scope?.querySelector('.block-input input, .block-input textarea, .block-input button, input, textarea');
    (target ?? dialog.querySelector('[data-testid="modal-submit"]') ?? dialog.querySelector('[data-testid="modal-close"]'))?.focus();
    if (inError) scope?.scrollIntoView({ block: 'nearest' });
  }

  function draw(inError = false) {
    const view = top();
    if (!view) return;
    const form = formOf(view);
    const sameView = dialog.dataset.viewId === view.id && dialog.open;
    const focus = sameView ? focusedField() : null;
    const scroll = sameView ? dialog.querySelector('.modal-body')?.scrollTop ?? 0 : 0;
    const surface = new Surface({ container: { type: 'view', view_id: view.id }, blocks: view.blocks, values: form.values, submit, errors: form.errors });
    const alert = form.error ? h('div', { class: 'block-alert level-error', role: 'alert', test: 'modal-error' }, icon('warning'), h('div', {}, form.error)) : null;
    fill(dialog, h('form', {
      class: 'modal-form', novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        submit();
      },
    }, head(view), h('div', { class: 'modal-body', inert: form.busy || null }, alert, renderBlocks(view.blocks, surface)), foot(view, form)));
    dialog.dataset.viewId = view.id;
    dialog.setAttribute('aria-label', plainText(view.title));
    if (!dialog.open) dialog.showModal();
    dialog.querySelector('.modal-body').scrollTop = scroll;
    const again = focus && !inError ? dialog.querySelector(focus.selector) : null;
    if (again) {
      again.focus();
      if (focus.from !== null && focus.from !== undefined && again.setSelectionRange && again.type !== 'email') again.setSelectionRange(focus.from, focus.from);
    } else if (!sameView || inError) focusFirst(inError);
  }

  function show() {
    const view = top();
    const ids = new Set(state.stack.map((one) => one.id));
    for (const id of [...forms.keys()]) if (!ids.has(id)) forms.delete(id);
    if (!view) {
      shownKey = null;
      if (dialog.open) {
        closePopover(false);
        dialog.close();
      }
      dialog.dataset.viewId = '';
      return;
    }
    const key = JSON.stringify([view, state.stack.length, state.language]);
    if (key === shownKey && dialog.open) return;
    shownKey = key;
    const form = formOf(view);
    if (form.hash !== view.hash) Object.assign(form, { hash: view.hash, errors: view.errors ?? {}, busy: false });
    else if (view.errors) form.errors = view.errors;
    keepKnown(form, view);
    closePopover(false);
    draw(Object.keys(form.errors).length > 0);
  }

  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close();
  });
  on('views', show);
  on('state', show);
  on('modal-close', close);
  return { show };
}

/** Take over the stack that the server sent. */
export function setStack(stack) {
  state.stack = stack ?? [];
  emit('views');
}
