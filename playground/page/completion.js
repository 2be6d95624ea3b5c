/** What the composer offers while one types: slash commands, people, channels and emoji. */

import { h, icon } from './dom.js';
import { emojiCharacter } from './mrkdwn.js';
import { avatar } from './people.js';
import { state } from './store.js';

const MOST = 8;

const startsOrHas = (text, typed) => text.toLocaleLowerCase().includes(typed.toLocaleLowerCase());

function commands(typed) {
  return state.commands.filter((one) => one.command.startsWith(typed)).map((one) => ({
    key: one.command, put: `${one.command} `, before: h('span', { class: 'completion-slash', 'aria-hidden': 'true' }, '/'),
    label: [h('strong', {}, one.command), ' ', h('span', { class: 'muted' }, one.usage_hint ?? '')], hint: one.description,
  }));
}

const people = (typed) => Object.values(state.users)
  .filter((user) => startsOrHas(`${user.name} ${user.real_name}`, typed))
  .map((user) => ({ key: user.name, put: `@${user.name} `, before: avatar(user, 'tiny'), label: [h('strong', {}, user.real_name || user.name), ' ', h('span', { class: 'muted' }, `@${user.name}`)] }));

const channels = (typed) => state.channels
  .filter((channel) => channel.kind !== 'im' && startsOrHas(channel.name, typed))
  .map((channel) => ({ key: channel.name, put: `#${channel.name} `, before: icon(channel.kind === 'private' ? 'lock' : 'hash', 15), label: [h('strong', {}, channel.name)] }));

const emoji = (typed) => Object.keys(state.emoji)
  .filter((name) => name.includes(typed))
  .sort((a, b) => a.indexOf(typed) - b.indexOf(typed) || a.length - b.length)
  .map((name) => ({ key: name, put: `:${name}: `, before: h('span', { class: 'emoji' }, emojiCharacter(name)), label: [`:${name}:`] }));

export class Completion {
  constructor(input, withCommands, changed) {
    Object.assign(this, { input, withCommands, changed, items: [], at: 0, from: 0, closedFor: null });
    this.node = h('div', { class: 'completion', role: 'listbox', test: 'completion', hidden: true });
  }

  get open() {
    return !this.node.hidden;
  }

  find() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    if (this.withCommands && /^\/\S*$/.test(before)) return { from: 0, items: commands(before) };
    const word = /(?:^|\s)([@#:])([\p{L}\p{N}_.+-]*)$/u.exec(before);
    if (!word) return { from: 0, items: [] };
    const [, mark, typed] = word;
    if (mark === ':' && typed.length < 2) return { from: 0, items: [] };
    const source = { '@': people, '#': channels, ':': emoji }[mark];
    return { from: before.length - typed.length - 1, items: source(mark === ':' ? typed.toLowerCase() : typed) };
  }

  update() {
    if (document.activeElement !== this.input || this.closedFor === this.input.value) return this.close();
    const { from, items } = this.find();
    const exact = items.length === 1 && items[0].put.trim() === this.input.value.slice(from, this.input.selectionStart) && !items[0].put.startsWith('/');
    this.from = from;
    this.items = exact ? [] : items.slice(0, MOST);
    this.at = 0;
    this.draw();
  }

  draw() {
    this.node.hidden = this.items.length === 0;
    this.node.replaceChildren(...this.items.map((item, i) => h('button', {
      type: 'button', role: 'option', class: 'menu-item', tabindex: '-1', 'aria-selected': String(i === this.at), test: `completion-${item.key}`,
      onmousedown: (event) => {
        event.preventDefault();
        this.choose(i);
      },
    }, item.before, h('span', { class: 'menu-text' }, h('span', {}, item.label), item.hint ? h('small', {}, item.hint) : null))));
    this.node.children[this.at]?.scrollIntoView({ block: 'nearest' });
  }

  choose(i) {
    const item = this.items[i];
    this.input.setRangeText(item.put, this.from, this.input.selectionStart, 'end');
    this.items = [];
    this.draw();
    this.changed();
  }

  close() {
    this.items = [];
    this.draw();
  }

  /** Handle a key while the list is open; true if it was taken. */
  key(event) {
    if (!this.open) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      this.at = (this.at + (event.key === 'ArrowDown' ? 1 : -1) + this.items.length) % this.items.length;
      this.draw();
    } else if (event.key === 'Escape') {
      this.closedFor = this.input.value;
      this.close();
    } else if (event.key === 'Tab' || (event.key === 'Enter' && !this.isWhole())) this.choose(this.at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** True where a command is typed out already: Enter then sends it. */
  isWhole() {
    return this.items.some((item) => item.put.startsWith('/') && item.key === this.input.value.trim());
  }
}
