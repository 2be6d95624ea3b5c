/** Where one writes: text, slash commands, files, emoji and the app's global shortcuts. */

import { ApiError, act, tryAct } from './api.js';
import { Completion } from './completion.js';
import { h, icon, iconButton } from './dom.js';
import { t } from './labels.js';
import { namedChannel } from './message.js';
import { openMenu } from './popover.js';
import { pickEmoji } from './reactions.js';
import { channelById, emit, state } from './store.js';

const MAX_FILE_BYTES = 8 * 1024 * 1024;

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** A composer for the channel or the open thread. `target()` gives {channel, thread_ts?}. */
export class Composer {
  constructor(place, target, { editLast = () => false } = {}) {
    this.place = place;
    this.target = target;
    this.editLast = editLast;
    this.files = [];
    this.drafts = new Map();
    this.draftKey = null;
    this.build();
  }

  build() {
    this.input = h('textarea', { class: 'composer-input', test: 'composer-input', rows: 1, 'aria-label': t('messages'), 'aria-autocomplete': 'list', enterkeyhint: 'send' });
    this.hint = h('div', { class: 'command-hint', test: 'command-hint', hidden: true });
    this.chips = h('div', { class: 'attachments', hidden: true });
    this.fileInput = h('input', { type: 'file', multiple: true, hidden: true, test: 'composer-file', onchange: () => this.addFiles([...this.fileInput.files]) });
    this.completion = new Completion(this.input, this.place === 'channel', () => this.changed());
    this.buttons();
    this.form = h('form', {
      class: 'composer', test: 'composer', 'data-place': this.place,
      onsubmit: (event) => {
        event.preventDefault();
        this.send();
      },
      ondragover: (event) => event.preventDefault(),
      ondrop: (event) => {
        event.preventDefault();
        this.addFiles([...event.dataTransfer.files]);
      },
    }, this.completion.node, this.hint, h('div', { class: 'composer-box' }, this.chips, this.input, this.fileInput, this.bar));
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('paste', (event) => {
      if (event.clipboardData.files.length) this.addFiles([...event.clipboardData.files]);
    });
    this.input.addEventListener('blur', () => setTimeout(() => this.completion.close(), 150));
  }

  buttons() {
    const attach = iconButton('clip', t('attach'), { test: 'composer-attach', onclick: () => this.fileInput.click() });
    const emoji = iconButton('smile', t('emoji'), { test: 'composer-emoji', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: () => pickEmoji(emoji, (name) => this.insert(`:${name}: `)) });
    const bolt = iconButton('bolt', t('shortcuts'), { test: 'composer-shortcuts', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => this.openShortcuts(bolt) });
    this.sendButton = h('button', { type: 'submit', class: 'send-button', test: 'composer-send', 'aria-label': t('send'), title: t('send'), disabled: true }, icon('send', 18));
    this.bar = h('div', { class: 'composer-bar' }, attach, emoji, this.place === 'channel' ? bolt : null, h('span', { class: 'composer-tip' }, t('formatHint')), this.sendButton);
  }

  /** Show for the present channel or thread: placeholder, draft, language. */
  show() {
    const target = this.target();
    const name = namedChannel(target.channel);
    const label = this.place === 'thread' ? t('replyBox') : t('messageBox', { name });
    const key = `${state.me?.id}/${target.channel}/${target.thread_ts ?? ''}`;
    if (key !== this.draftKey) {
      if (this.draftKey) this.drafts.set(this.draftKey, this.input.value);
      this.draftKey = key;
      this.input.value = this.drafts.get(key) ?? '';
      this.files = [];
      this.showFiles();
    }
    this.input.placeholder = label;
    this.input.setAttribute('aria-label', label);
    const archived = channelById(target.channel)?.is_archived;
    this.input.disabled = Boolean(archived);
    if (archived) this.input.placeholder = t('archived');
    const old = this.bar;
    this.buttons();
    old.replaceWith(this.bar);
    this.changed();
  }

  /** Put a text into the box and stand behind it. */
  setText(text) {
    this.input.value = text;
    this.changed();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  insert(text) {
    const { selectionStart: start, selectionEnd: end } = this.input;
    this.input.setRangeText(text, start, end, 'end');
    this.changed();
    this.input.focus();
  }

  changed() {
    this.input.style.height = 'auto';
    const height = this.input.scrollHeight; // 0 while the composer is hidden
    if (height) this.input.style.height = `${Math.min(height, 220)}px`;
    this.sendButton.disabled = !this.input.value.trim() && this.files.length === 0;
    this.completion.update();
    const command = state.commands.find((one) => this.input.value.startsWith(`${one.command} `));
    this.hint.hidden = !command || this.place !== 'channel';
    if (command) this.hint.replaceChildren(h('strong', {}, command.command), ' ', h('span', {}, command.usage_hint ?? ''), h('small', {}, command.description ?? ''));
  }

  key(event) {
    if (this.completion.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === 'ArrowUp' && !this.input.value && this.editLast()) event.preventDefault();
  }

  openShortcuts(anchor) {
    const items = state.shortcuts.filter((one) => one.type === 'global').map((one) => ({
      label: one.name, before: icon('bolt', 16), test: `global-shortcut-${one.callback_id}`, run: () => tryAct('global_shortcut', { callback_id: one.callback_id }),
    }));
    const commands = state.commands.map((one) => ({ label: one.command, hint: one.description, before: icon('right', 16), run: () => this.setText(`${one.command} `) }));
    openMenu(anchor, [{ heading: t('shortcuts') }, ...(items.length ? items : [{ heading: t('shortcutNone') }]), ...(commands.length ? [{ heading: t('commands') }, ...commands] : [])]);
  }

  addFiles(files) {
    for (const file of files) {
      if (file.size > MAX_FILE_BYTES) emit('notice', { text: t('fileTooLarge'), kind: 'error' });
      else this.files.push(file);
    }
    this.fileInput.value = '';
    this.showFiles();
    this.changed();
  }

  showFiles() {
    this.chips.hidden = this.files.length === 0;
    this.chips.replaceChildren(...this.files.map((file) => h('span', { class: 'chip' }, icon('file', 14), h('span', {}, file.name), h('button', {
      type: 'button', class: 'chip-remove', 'aria-label': t('removeItem', { name: file.name }),
      onclick: () => {
        this.files = this.files.filter((one) => one !== file);
        this.showFiles();
        this.changed();
      },
    }, icon('close', 12)))));
  }

  async send() {
    const text = this.input.value.trim();
    const files = this.files;
    if ((!text && !files.length) || this.input.disabled) return;
    if (text.startsWith('/') && this.place === 'thread' && state.commands.some((one) => text.split(/\s/)[0] === one.command)) {
      emit('notice', { text: t('commandInThread'), kind: 'error' });
      return;
    }
    const typed = this.input.value;
    this.input.value = '';
    this.files = [];
    this.showFiles();
    this.changed();
    try {
      await this.deliver(text, files);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!this.input.value) this.input.value = typed;
      this.files = files;
      this.showFiles();
      this.changed();
      emit('notice', { text: error.message, kind: 'error' });
    }
  }

  async deliver(text, files) {
    const target = this.target();
    if (files.length) {
      for (const [i, file] of files.entries()) {
        await act('upload', { ...target, name: file.name, mimetype: file.type || 'application/octet-stream', content_base64: await base64(file), ...(i === 0 && text ? { text } : {}) });
      }
    } else if (text.startsWith('/') && this.place === 'channel') await act('command', { channel: target.channel, text });
    else await act('post', { ...target, text });
  }
}
