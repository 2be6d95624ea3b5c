"""What can go wrong, by what is to be done about it."""

from bot.i18n import Message


class UserError(Exception):
    """Something the person can do something about; `message` is said to her in her language."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


class UnknownPerson(UserError):
    """Slack has a person that the directory has not; a worker reads her when this is raised."""


class FormError(Exception):
    """Answers of a form that can't stand: one message for each field, shown beside it."""

    def __init__(self, fields: dict[str, Message]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


class OperatorError(Exception):
    """Something only the person who runs Frontline can mend; the text says what to do."""
