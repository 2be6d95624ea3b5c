/** A question before something is done: Slack's confirm object, and the page's own. */

import { h } from './dom.js';
import { t } from './labels.js';
import { plainText, textObject } from './mrkdwn.js';

/** Ask; resolves to true for yes, false for no, Escape or closing. Without a confirm object the answer is yes. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.close();
      dialog.remove();
      resolve(yes);
    };
    const danger = confirm.style === 'danger';
    const dialog = h('dialog', { class: 'dialog confirm', test: 'confirm', 'aria-label': plainText(confirm.title) || t('confirm') },
      h('h2', {}, textObject(confirm.title)),
      h('div', { class: 'dialog-text' }, textObject(confirm.text)),
      h('div', { class: 'dialog-buttons' },
        h('button', { type: 'button', class: 'button', test: 'confirm-cancel', onclick: answer(false) }, confirm.deny ? textObject(confirm.deny) : t('cancel')),
        h('button', { type: 'button', class: `button ${danger ? 'danger-solid' : 'primary'}`, test: 'confirm-ok', autofocus: true, onclick: answer(true) },
          confirm.confirm ? textObject(confirm.confirm) : t('confirm'))));
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      answer(false)();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
