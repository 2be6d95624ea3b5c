/** Where blocks live (a message, a form, the home tab): their values, and the way of an action to the app. */

import { tryAct } from './api.js';
import { actionValue, currentValue, stateValues, valueId, valueKey } from './forms.js';
import { emit } from './store.js';
import { uniqueId } from './dom.js';

export class Surface {
  /** `container` as the server wants it; `blocks` as they are; `values` may be kept over a redraw. */
  constructor({ container, blocks, values = new Map(), submit = null, errors = {} }) {
    Object.assign(this, { container, blocks, values, submit, errors, id: uniqueId('surface') });
  }

  value(block, element) {
    return currentValue(this.values, block, element);
  }

  /** Keep a value without telling the app (fields of a form). */
  store(block, element, value) {
    this.values.set(valueId(block, element), value);
  }

  /** Keep a value, and tell the app unless it is a plain field of a form. */
  change(block, element, value) {
    this.store(block, element, value);
    if (block.type !== 'input' || block.dispatch_action) this.dispatch(block, element, value);
  }

  /** Send a block action. In forms the present state goes along, as Slack sends it. */
  dispatch(block, element, value) {
    return tryAct('block_action', {
      container: this.container, block_id: block.block_id, action_id: element.action_id, type: element.type,
      value: valueKey(element) || element.type === 'overflow' ? actionValue(element, value) : null,
      state: stateValues(this.blocks, this.values),
    });
  }

  /** Ask the app for the options of an external select. */
  options(block, element, query) {
    const { type: _, ...where } = this.container;
    return tryAct('options', { ...where, block_id: block.block_id, action_id: element.action_id, query });
  }

  /** True where the block's own label already names the control. */
  labels(block) {
    return block.type === 'input';
  }

  openLink(href) {
    emit('link', href);
  }
}
