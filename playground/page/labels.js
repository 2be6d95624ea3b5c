/** Every word of the page's own, in English and Russian. What people and the app write is shown as it is. */

import { state } from './store.js';

export const LABELS = {
  en: {
    act_as: 'Acting as', actAs: 'Act as', actAsHint: 'Choose whom you act as', addReaction: 'Add reaction', answerFirst: 'Type to search', app: 'APP',
    appAbout: 'Home and Messages of the app', apps: 'Apps', attach: 'Attach a file or picture', back: 'Back', botOff: 'Frontline is not connected',
    botOn: 'Frontline is connected', cancel: 'Cancel', join: 'Join #{name}', joinHint: 'You can read this channel. Join it to write in it.',
    nothingDue: 'Nothing is due in the next two months.', channels: 'Channels', chart: 'Chart', clear: 'Clear', clock: 'Workspace clock',
    clockGo: 'Go there', clockMoved: 'The clock has been moved', clockPast: 'The clock only moves forward.', clockTo: 'Move the clock to',
    close: 'Close', closeThread: 'Close thread', closeTour: 'Close the tour',
    commandInThread: 'Slash commands do not work in threads. Use them in the channel.', commands: 'Commands', confirm: 'Confirm',
    connectionLost: 'Connection lost. Trying again…', copied: 'Link copied', copyLink: 'Copy link', delete: 'Delete', deleteMessage: 'Delete message',
    deleteQuestion: 'Delete this message? This cannot be undone.', directMessages: 'Direct messages', dismiss: 'Dismiss', edit: 'Edit message',
    edited: '(edited)', emoji: 'Emoji', emojiFlags: 'Flags', emojiAll: 'All', emojiSearch: 'Search emoji',
    emptyChannel: 'This is the very beginning of {name}.', emptyDm: 'This is the start of your conversation with {name}.',
    emptyHome: 'Nothing here yet. The app fills its home tab when it is running.',
    fileTooLarge: 'The file is too large for the playground (8 MB at most).', flagWith: 'Flag with {name}',
    formatHint: 'Enter sends, Shift+Enter starts a new line', goToNext: 'To next due', greenHour: '+1 hour', greenDay: '+1 day',
    hourHint: 'Move the clock one hour on', dayHint: 'Move the clock one day on', nextHint: 'Move the clock to the next thing that is due',
    home: 'Home', invalidEmail: 'Please enter an email address, such as name@example.com.', invalidNumber: 'Please enter a number.',
    invalidUrl: 'Please enter a link that starts with http:// or https://.', justNow: 'just now', lastReply: 'latest {when}', loading: 'Loading…',
    messageBox: 'Message {name}', messages: 'Messages', more: 'More actions', moving: 'Moving to {when}…', movingOn: 'Moving the clock…',
    newMessages: 'New messages', nextPage: 'Next page', noMatches: 'No matches', noNumber: 'no value', numberMax: 'Please enter {n} or less.',
    numberMin: 'Please enter {n} or more.', onlyYou: 'Only visible to you', openSidebar: 'Open the sidebar', optional: '(optional)',
    pageOf: '{from}–{to} of {all}', previousPage: 'Previous page', reactedWith: '{names} reacted with :{emoji}:', removeItem: 'Remove {name}',
    reply: 'Reply in thread', replyBox: 'Reply…', required: 'Please complete this required field.', save: 'Save', search: 'Search',
    selectPlaceholder: 'Choose…', send: 'Send', shared: 'Shared with another organisation', shortcutNone: 'The app offers no shortcuts.',
    shortcuts: 'Shortcuts', sortBy: 'Sort by {name}', step: '{n} of {all} done', switchTo: 'Act as {name}',
    textMax: 'Please use at most {n} characters.', textMin: 'Please use at least {n} characters.', thread: 'Thread', today: 'Today',
    tomorrow: 'Tomorrow', tooMany: 'Choose at most {n}.', tour: 'Tour', tourTick: 'Mark “{name}” as done', tourTitle: 'A tour of Frontline',
    tourTry: 'Put this into the message box', unknownBlock: 'Block of type “{type}”', unknownElement: 'Element of type “{type}”',
    wallClock: 'in {zone}', workspace: 'Workspace', yesterday: 'Yesterday', you: 'you', archived: 'This channel is archived.',
    broadcast: 'replied to a thread:', localTime: '{time} local time', sendDm: 'Message',
    unavailable: 'That message is not there any more, or {name} may not see it.', playground: 'playground', fileOpen: 'Open {name}',
    remainingCharacters: '{n} left', theApp: 'the app',
  },
  ru: {
    act_as: 'Вы действуете как', actAs: 'Действовать как', actAsHint: 'Выберите, от чьего имени действовать', addReaction: 'Добавить реакцию',
    answerFirst: 'Начните вводить', app: 'БОТ', appAbout: '«Главная» и сообщения приложения', apps: 'Приложения',
    attach: 'Прикрепить файл или картинку', back: 'Назад', botOff: 'Frontline не подключён', botOn: 'Frontline на связи', cancel: 'Отмена',
    join: 'Вступить в #{name}', joinHint: 'Этот канал можно читать. Чтобы писать в нём, вступите.',
    nothingDue: 'В ближайшие два месяца ничего не запланировано.', channels: 'Каналы', chart: 'Диаграмма', clear: 'Очистить',
    clock: 'Часы рабочего пространства', clockGo: 'Перейти', clockMoved: 'Часы переведены', clockPast: 'Часы идут только вперёд.',
    clockTo: 'Перевести часы на', close: 'Закрыть', closeThread: 'Закрыть обсуждение', closeTour: 'Закрыть обзор',
    commandInThread: 'Команды со слешем не работают в обсуждениях. Введите команду в канале.', commands: 'Команды', confirm: 'Подтвердить',
    connectionLost: 'Связь потеряна. Пробуем снова…', copied: 'Ссылка скопирована', copyLink: 'Скопировать ссылку', delete: 'Удалить',
    deleteMessage: 'Удалить сообщение', deleteQuestion: 'Удалить это сообщение? Вернуть его не получится.', directMessages: 'Личные сообщения',
    dismiss: 'Скрыть', edit: 'Изменить сообщение', edited: '(изменено)', emoji: 'Эмодзи', emojiFlags: 'Отметки', emojiAll: 'Все',
    emojiSearch: 'Найти эмодзи', emptyChannel: 'Это самое начало {name}.', emptyDm: 'Здесь начинается ваша переписка: {name}.',
    emptyHome: 'Пока пусто. Приложение заполнит свою главную, когда будет запущено.',
    fileTooLarge: 'Файл слишком велик для песочницы (не больше 8 МБ).', flagWith: 'Отметить: {name}',
    formatHint: 'Enter — отправить, Shift+Enter — новая строка', goToNext: 'К ближайшему', greenHour: '+1 час', greenDay: '+1 день',
    hourHint: 'Перевести часы на час вперёд', dayHint: 'Перевести часы на день вперёд', nextHint: 'Перевести часы к ближайшему событию по расписанию',
    home: 'Главная', invalidEmail: 'Введите адрес почты, например name@example.com.', invalidNumber: 'Введите число.',
    invalidUrl: 'Введите ссылку, которая начинается с http:// или https://.', justNow: 'только что', lastReply: 'последний {when}',
    loading: 'Загрузка…', messageBox: 'Написать: {name}', messages: 'Сообщения', more: 'Другие действия', moving: 'Переходим: {when}…',
    movingOn: 'Переводим часы…', newMessages: 'Новые сообщения', nextPage: 'Следующая страница', noMatches: 'Ничего не найдено',
    noNumber: 'нет значения', numberMax: 'Введите число не больше {n}.', numberMin: 'Введите число не меньше {n}.', onlyYou: 'Видно только вам',
    openSidebar: 'Открыть боковую панель', optional: '(необязательно)', pageOf: '{from}–{to} из {all}', previousPage: 'Предыдущая страница',
    reactedWith: '{names}: реакция :{emoji}:', removeItem: 'Убрать: {name}', reply: 'Ответить в обсуждении', replyBox: 'Ответить…',
    required: 'Заполните это поле.', save: 'Сохранить', search: 'Поиск', selectPlaceholder: 'Выберите…', send: 'Отправить',
    shared: 'Общий канал с другой организацией', shortcutNone: 'У приложения нет быстрых команд.', shortcuts: 'Быстрые команды',
    sortBy: 'Сортировать: {name}', step: 'Пройдено {n} из {all}', switchTo: 'Действовать как {name}', textMax: 'Не больше {n} знаков, пожалуйста.',
    textMin: 'Не меньше {n} знаков, пожалуйста.', thread: 'Обсуждение', today: 'Сегодня', tomorrow: 'Завтра', tooMany: 'Можно выбрать не больше {n}.',
    tour: 'Обзор', tourTick: 'Отметить «{name}» как пройденное', tourTitle: 'Знакомство с Frontline', tourTry: 'Вставить в поле сообщения',
    unknownBlock: 'Блок типа «{type}»', unknownElement: 'Элемент типа «{type}»', wallClock: 'время: {zone}', workspace: 'Рабочее пространство',
    yesterday: 'Вчера', you: 'вы', archived: 'Этот канал в архиве.', broadcast: 'ответ в обсуждении:', localTime: 'местное время {time}',
    sendDm: 'Написать', unavailable: 'Этого сообщения больше нет, или {name} не может его видеть.', playground: 'песочница',
    fileOpen: 'Открыть {name}', remainingCharacters: 'осталось: {n}', theApp: 'приложение',
  },
};

/** Slack's error codes that a person on the page can meet, in words. */
export const ERRORS = {
  en: {
    offline: 'The playground does not answer. Is it still running?', not_in_channel: 'You are not in this channel. Join it first.',
    channel_not_found: 'There is no such channel, or you may not see it.', is_archived: 'This channel is archived.', no_text: 'There is nothing to send.',
    cant_update_message: 'You can only change your own messages.', cant_delete_message: 'You can only delete your own messages.',
    message_not_found: 'That message is not there any more.', thread_not_found: 'That thread is not there any more.', msg_too_long: 'This message is too long.',
    already_reacted: 'You have set this reaction already.', no_reaction: 'You have not set this reaction.', user_not_found: 'There is no such person here.',
    cannot_dm_bot: 'This app takes no direct messages.', cannot_reply_to_message: 'This message cannot be answered in a thread.',
  },
  ru: {
    offline: 'Песочница не отвечает. Она ещё запущена?', not_in_channel: 'Вас нет в этом канале. Сначала вступите в него.',
    channel_not_found: 'Такого канала нет, или он вам не виден.', is_archived: 'Этот канал в архиве.', no_text: 'Отправлять нечего.',
    cant_update_message: 'Изменять можно только свои сообщения.', cant_delete_message: 'Удалять можно только свои сообщения.',
    message_not_found: 'Этого сообщения больше нет.', thread_not_found: 'Этого обсуждения больше нет.', msg_too_long: 'Это сообщение слишком длинное.',
    already_reacted: 'Эта реакция от вас уже стоит.', no_reaction: 'Вашей реакции здесь нет.', user_not_found: 'Такого человека здесь нет.',
    cannot_dm_bot: 'Это приложение не принимает личных сообщений.', cannot_reply_to_message: 'На это сообщение нельзя ответить в обсуждении.',
  },
};

/** Words that change with a number; forms by Intl.PluralRules. */
export const PLURALS = {
  en: { replies: { one: '{n} reply', other: '{n} replies' }, members: { one: '{n} member', other: '{n} members' } },
  ru: {
    replies: { one: '{n} ответ', few: '{n} ответа', many: '{n} ответов', other: '{n} ответа' },
    members: { one: '{n} участник', few: '{n} участника', many: '{n} участников', other: '{n} участника' },
  },
};

const language = () => (state.language === 'ru' ? 'ru' : 'en');
const put = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The label in the page's language, `{name}` places filled in. An unknown key is a fault of the page. */
export function t(key, values = {}) {
  const text = LABELS[language()][key];
  if (text === undefined) throw new Error(`no label ${key}`);
  return put(text, values);
}

/** What the server said went wrong, as a sentence: known codes are put into words, all else stays. */
export function errorText(message) {
  return ERRORS[language()][message] ?? message;
}

/** A label that counts. */
export function tn(key, n, values = {}) {
  const forms = PLURALS[language()][key];
  return put(forms[new Intl.PluralRules(language()).select(n)] ?? forms.other, { n, ...values });
}
