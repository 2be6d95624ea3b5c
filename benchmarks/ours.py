"""Frontline's side: the real parts, put together as in `app.py`, with a bridge, and no Slack behind them."""

from slack_bolt import App

from benchmarks.slackside import BOT, MARKETING, PERSON, SALES, SECRET, TEAM
from bot.bridges.categories import default_categories
from bot.bridges.watch import BridgeWatch
from bot.clock import SystemClock
from bot.config import Settings
from bot.services import Services
from bot.slack import SlackGateway
from handlers.bolt import build_bolt
from storage import bridges, schema, workspace
from storage.bridges import Bridge, BridgeValues
from storage.database import open_database

NOWHERE = "http://127.0.0.1:9/"  # nothing measured here asks Slack


def open_services(database_url: str) -> Services:
    """Services over this database, upgraded, with one bridge in it."""
    database = open_database(database_url)
    schema.upgrade(database)
    services = Services(
        db=database, clock=SystemClock(), slack=SlackGateway("xoxb-none", NOWHERE), identity=BOT
    )
    with database.writing() as connection:
        workspace.save_workspace(connection, TEAM, BOT.team, BOT.user_id)
    if only_bridge(services) is None:
        _add_bridge(services)
    return services


def only_bridge(services: Services) -> Bridge | None:
    """The bridge, once there is one."""
    with services.db.reading() as connection:
        return bridges.bridge_of_sales_channel(connection, TEAM, SALES)


def build_ours(services: Services, *, signed: bool = False) -> App:
    """Frontline's Bolt app; `signed`: for HTTP, where Bolt checks signatures."""
    access = {"slack_signing_secret": SECRET} if signed else {"slack_app_token": "xapp-none"}
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token="xoxb-none",
        slack_api_url=NOWHERE,
        **access,  # type: ignore[arg-type]
    )
    return build_bolt(services, settings, BridgeWatch(services.db, services.team_id))


def _add_bridge(services: Services) -> None:
    values = BridgeValues(
        name="default",
        marketing_channel_id=MARKETING,
        time_zone="Europe/Berlin",
        language="en",
        flag_emoji=("bulb",),
        sales_channel_ids=(SALES,),
        manager_ids=(PERSON,),
    )
    with services.db.writing() as connection:
        bridge_id = bridges.add_bridge(connection, TEAM, values, services.clock.now())
        bridges.save_categories(connection, TEAM, bridge_id, default_categories())
