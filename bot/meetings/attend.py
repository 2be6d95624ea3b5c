"""Who comes: the buttons of the prompt, and the form that suggests another time."""

from datetime import datetime

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply
from bot.i18n import N_, Message, Texts
from bot.ids import Field
from bot.inbox import say_for
from bot.meetings.meeting import PROMPT, Meeting, find_meeting, hosts_of
from bot.meetings.reading import read_moment
from bot.messages import meeting_forms as forms
from bot.messages.meetings import said, suggested
from bot.say import Say
from bot.services import Services
from bot.slacktext import escape
from bot.workspace.access import require_colleague, viewer
from storage import inbox, meetings


def answer(services: Services, gesture: Gesture, value: str, answer: str) -> Answer:
    """*I'll be there* or *Can't*; the prompt shows it. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, value)
        _require_ahead(meeting, services.clock.now())
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            _save(say_for(services, connection, gesture.key), meeting, gesture.user_id, answer)
        return Done()


def _save(say: Say, meeting: Meeting, user_id: str, answer: str) -> None:
    meetings.save_answer(say.connection, meeting.id, user_id, answer, say.now)
    for post in meetings.posts(say.connection, meeting.id, "prompt"):
        say.update(post.outbox_id, PROMPT, occurrence=meeting.id)


def open_suggestion(services: Services, gesture: Gesture, value: str) -> Answer:
    """The form for another time. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, value)
        _require_ahead(meeting, services.clock.now())
        return Open(forms.suggest_form(reader.texts, meeting))


def save_suggestion(services: Services, gesture: Gesture, value: str, form: FormState) -> Answer:
    """Tell the facilitator. Raises FormError, UserError."""
    now = services.clock.now()
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, value)
        _require_ahead(meeting, now)
        words, faults = form.text(Field.MEETING_REASON) or "", dict[str, Message]()
        moment = read_moment(form, meeting.bridge.time_zone, now, faults)
        if not words and moment is None and not faults:
            faults[Field.MEETING_REASON] = N_("Say when it would suit you, here or in the fields above.")
        if faults:
            raise FormError(faults)
        if inbox.first_time(connection, gesture.key, now):
            say = say_for(services, connection, gesture.key)
            _save(say, meeting, gesture.user_id, "other")
            for host in hosts_of(meeting):
                _ = viewer(connection, services.team_id, host).texts
                message = suggested(_, meeting, gesture.user_id, escape(words), moment)
                key = f"meeting-suggested:{meeting.id}:{gesture.key}:{host}"[:255]
                until = meeting.starts_at  # it waits for no hours that come too late
                say.direct(key, host, message, bridge_id=meeting.bridge.id, expires_at=until)
        return Reply(said(_told(reader.texts)))


def _require_ahead(meeting: Meeting, now: datetime) -> None:
    if not meeting.is_ahead(now):
        raise UserError(N_("This meeting has begun, or does not take place."))


def _told(_: Texts) -> str:
    return _("Whoever leads the meeting has been told.")
