"""What is forgotten when, and when people and channels are read anew."""

from sqlalchemy import select

from bot.housekeeping import DirectoryKeeper, Housekeeping, retry_parked
from bot.inbox import Incoming, accept, work_one
from bot.outbox import send_one
from bot.slack import SlackRefused, SlackUnclear
from storage import inbox, outbox, workspace
from storage.database import Database
from storage.tables import gestures
from storage.tables import inbox as inbox_table
from storage.tables import outbox as outbox_table
from tests.support import ANNA, MARKETING, TEAM, StandingClock, make_services, say


def test_a_week_after_what_was_said_and_done_is_forgotten(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    services.slack.post.return_value = "1.000001"  # type: ignore[attr-defined]
    with database.writing() as connection:
        accept(services, connection, Incoming("nothing", "k"))
        inbox.first_time(connection, "gesture", clock.now())
        say(services, connection).post("p", MARKETING, {"text": "secret"})
    assert work_one(services, {"nothing": lambda _, row: lambda connection, say: None})
    assert send_one(services, {})
    keeper = Housekeeping(services)
    assert keeper.step()
    assert not keeper.step()  # the hour has not passed
    clock.pass_time(days=6)
    assert keeper.step()

    def left() -> tuple[object, ...]:
        with database.reading() as connection:
            return (
                connection.scalar(select(outbox_table.c.payload)),
                connection.scalar(select(outbox_table.c.dedupe_key)),
                connection.scalar(select(inbox_table.c.id)) is not None,
                connection.scalar(select(gestures.c.key)),
            )

    assert left() == ({"text": "secret"}, "p", True, "gesture")
    clock.pass_time(days=1, seconds=1)
    assert keeper.step()
    assert left() == (None, "p", False, None)  # the key stays: said once, for ever


def test_what_waits_is_not_forgotten(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    with database.writing() as connection:
        accept(services, connection, Incoming("nothing", "k"))
        say(services, connection).post("p", MARKETING, {"text": "waits"})
    clock.pass_time(days=30)
    Housekeeping(services).step()
    with database.reading() as connection:
        assert inbox.counts(connection) == {"pending": 1}
        assert connection.scalar(select(outbox_table.c.payload)) == {"text": "waits"}


def test_the_directory_is_read_every_twelve_hours(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    slack = services.slack
    slack.people.side_effect = lambda: iter([])  # type: ignore[attr-defined]
    slack.channels.side_effect = lambda: iter([])  # type: ignore[attr-defined]
    keeper, other = DirectoryKeeper(services), DirectoryKeeper(services)
    assert keeper.step()  # never read before
    assert not keeper.step()
    assert not other.step()  # another replica knows from the database
    clock.pass_time(hours=11, minutes=59)
    assert not other.step()
    clock.pass_time(minutes=1)
    assert keeper.step()
    assert not other.step()
    with database.reading() as connection:
        assert workspace.directory_read_at(connection, TEAM) == clock.now()


def test_a_start_reads_the_directory_anew_since_events_may_have_been_missed(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    slack = services.slack
    slack.people.side_effect = lambda: iter([])  # type: ignore[attr-defined]
    slack.channels.side_effect = lambda: iter([])  # type: ignore[attr-defined]
    assert DirectoryKeeper(services).step()
    clock.pass_time(minutes=9)
    assert not DirectoryKeeper(services).step()
    clock.pass_time(minutes=1)
    assert DirectoryKeeper(services).step()


def test_a_refused_reading_waits_before_it_is_tried_again(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    slack = services.slack
    slack.people.side_effect = SlackUnclear("URLError")  # type: ignore[attr-defined]
    keeper = DirectoryKeeper(services)
    assert not keeper.step()
    assert not keeper.step()
    assert slack.people.call_count == 1  # type: ignore[attr-defined]
    clock.pass_time(minutes=5)
    assert not keeper.step()
    assert slack.people.call_count == 2  # type: ignore[attr-defined]
    with database.reading() as connection:
        assert workspace.person(connection, TEAM, ANNA) is not None


def test_parked_posts_and_events_are_tried_anew_on_request(database: Database) -> None:
    services = make_services(database)
    slack = services.slack
    slack.post.side_effect = SlackRefused("not_in_channel")  # type: ignore[attr-defined]
    with database.writing() as connection:
        accept(services, connection, Incoming("broken", "k"))
        parent = say(services, connection).post("p", MARKETING, {"text": "head"})
        say(services, connection).post("c", MARKETING, {"text": "detail"}, parent_id=parent)

    def refuse(*_: object) -> object:
        raise SlackRefused("not_in_channel")

    assert work_one(services, {"broken": refuse})  # type: ignore[dict-item]
    assert send_one(services, {})
    with database.reading() as connection:
        assert outbox.counts(connection) == {"parked": 2}
        assert [one.kind for one in inbox.parked(connection)] == ["broken"]
    assert retry_parked(database, services.clock) == (1, 2)
    slack.post.side_effect = None  # type: ignore[attr-defined]
    slack.post.return_value = "1.000001"  # type: ignore[attr-defined]
    services.clock.pass_time(seconds=2)  # type: ignore[attr-defined]
    assert send_one(services, {})
    services.clock.pass_time(seconds=2)  # type: ignore[attr-defined]
    assert send_one(services, {})
    with database.reading() as connection:
        assert outbox.counts(connection) == {"sent": 2}
