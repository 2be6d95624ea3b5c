"""Sales answers "Did this help you sell?": once a person and asking, a later answer replacing hers."""

from sqlalchemy import Connection

from bot.activities.kinds import Answer as Word
from bot.activities.kinds import Status
from bot.activities.money import TooLarge, read_signed_money
from bot.activities.rights import GONE, colleague
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply
from bot.i18n import N_, Message
from bot.ids import Field
from bot.messages.activity_asking import MOST_COMMENT, MOST_DEAL, answer_form, answer_noted
from bot.services import Services
from bot.workspace.access import Viewer
from storage import activities, activity_answers, inbox
from storage.activities import Activity
from storage.activity_answers import Asking
from storage.bridges import Bridge


def give_word(services: Services, gesture: Gesture, asking_id: int, word: Word) -> Answer:
    """*Somewhat*, *no* or *didn't notice it*: noted at once. Raises UserError."""
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        asking, activity, _bridge = _asked(connection, who, asking_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            values = {"answer": word}
            activity_answers.save_answer(connection, asking.id, who.user_id, values, services.clock.now())
    return Reply(answer_noted(who.texts, activity.title, word, asking_id))


def open_answer(services: Services, gesture: Gesture, asking_id: int, *, is_comment: bool = False) -> Answer:
    """*Yes, with this deal*, or *Add a comment*: the form. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        asking, activity, _bridge = _asked(connection, who, asking_id)
        given = activity_answers.answer_of(connection, asking.id, who.user_id)
        if is_comment and given is None:
            raise UserError(N_("Say first whether it helped you."))
    return Open(answer_form(who.texts, asking.id, activity, given, is_comment=is_comment))


def save_answer(
    services: Services, gesture: Gesture, form: FormState, asking_id: int, *, is_comment: bool
) -> Answer:
    """Store what the form says. Raises FormError, UserError."""
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        asking, activity, _bridge = _asked(connection, who, asking_id)
        comment = form.text(Field.COMMENT)
        if comment and len(comment) > MOST_COMMENT:
            raise FormError({Field.COMMENT: N_("At most 1,000 characters.")})
        word = Word.YES
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            if is_comment:
                if not activity_answers.save_comment(connection, asking.id, who.user_id, comment):
                    raise UserError(N_("Say first whether it helped you."))
            else:
                deal = _read_deal(form, activity.currency)
                values = {"answer": word, "comment": comment, **deal}
                activity_answers.save_answer(connection, asking.id, who.user_id, values, services.clock.now())
        given = activity_answers.answer_of(connection, asking.id, who.user_id)
        if given is not None:
            word = Word(given.answer)
    return Reply(answer_noted(who.texts, activity.title, word, None))


def _read_deal(form: FormState, currency: str) -> dict[str, object]:
    faults: dict[str, Message] = {}
    deal = form.text(Field.DEAL_NAME)
    if not deal or len(deal) > MOST_DEAL:
        faults[Field.DEAL_NAME] = N_("Name the deal or customer in at most 200 characters.")
    values: dict[str, object] = {"deal": deal}
    text = form.text(Field.AMOUNT)
    if text:
        try:
            money = read_signed_money(text, currency)
        except TooLarge:
            faults[Field.AMOUNT] = N_("That is more than I can count with.")
        except ValueError:
            faults[Field.AMOUNT] = N_("Write an amount in {currency}, such as 12,500.", currency=currency)
        else:
            if money.amount <= 0:
                faults[Field.AMOUNT] = N_("A deal's amount is above zero.")
            values |= {"deal_amount": money.amount, "deal_currency": money.currency}
    if faults:
        raise FormError(faults)
    return values


def _asked(connection: Connection, who: Viewer, asking_id: int) -> tuple[Asking, Activity, Bridge]:
    """What she is asked about, if she is one of those asked. Raises UserError, also for a forged id."""
    asking = activity_answers.asking(connection, asking_id)
    activity = activities.by_id(connection, asking.activity_id) if asking else None
    bridge = next((one for one in who.bridges if activity and one.id == activity.bridge_id), None)
    if asking is None or activity is None or bridge is None:
        raise UserError(GONE)
    if not who.channel_ids & set(bridge.sales_channel_ids):
        raise UserError(N_("Only members of the sales channels that were asked can answer."))
    if activity.status == Status.CANCELLED:
        raise UserError(N_("This activity was cancelled meanwhile; thank you all the same."))
    return asking, activity, bridge
