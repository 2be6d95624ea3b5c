"""The people of the workspace, its bot user and its user groups."""

from playground.core import Core
from playground.model import Change, Json, SlackError, User, UserGroup
from playground.shapes import user_json

_COLORS = ("b45309", "0f766e", "7c3aed", "be123c", "1d4ed8", "4d7c0f", "a21caf", "0369a1")


class People:
    """Users by id and name."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        app = core.app
        self._users[app.user_id] = User(
            id=app.user_id, name=app.name.lower(), real_name=app.name, team_id=core.team_id, is_bot=True
        )

    def add(
        self,
        name: str,
        real_name: str = "",
        *,
        title: str = "",
        locale: str = "en-US",
        tz: str = "Europe/Berlin",
        role: str = "",
        is_admin: bool = False,
        is_owner: bool = False,
        is_guest: bool = False,
        team_id: str | None = None,
    ) -> User:
        """A new person; `team_id` of another workspace makes an outsider of a shared channel."""
        with self._core.lock:
            user = User(
                id=self._core.next_id("U"),
                name=name,
                real_name=real_name or name.capitalize(),
                team_id=team_id or self._core.team_id,
                title=title,
                locale=locale,
                tz=tz,
                role=role,
                color=_COLORS[len(self._users) % len(_COLORS)],
                is_admin=is_admin,
                is_owner=is_owner,
                is_guest=is_guest,
                updated=self._core.seconds(),
            )
            self._users[user.id] = user
            if user.team_id == self._core.team_id:
                self._core.emit("team_join", {"user": self.as_json(user)})
            self._core.tell(Change("users"))
            return user

    def change(self, user_id: str, **fields: object) -> User:
        """Change a person's fields (deleted, is_admin, locale, tz, real_name …); tells the app."""
        with self._core.lock:
            user = self.get(user_id)
            for key, value in fields.items():
                if not hasattr(user, key):
                    raise ValueError(f"a user has no field {key!r}")
                setattr(user, key, value)
            user.updated = self._core.seconds()
            self._core.emit("user_change", {"user": self.as_json(user, with_locale=True)})
            self._core.tell(Change("users"))
            return user

    def get(self, user_id: str) -> User:
        """The user with that id; SlackError user_not_found."""
        with self._core.lock:
            if user_id not in self._users:
                raise SlackError("user_not_found")
            return self._users[user_id]

    def find(self, user_id: str) -> User | None:
        """The user with that id, if there is one."""
        return self._users.get(user_id)

    def named(self, name: str) -> User:
        """The user of that name (or id); SlackError user_not_found."""
        with self._core.lock:
            for user in self._users.values():
                if name in (user.name, user.id):
                    return user
            raise SlackError("user_not_found")

    def all(self) -> list[User]:
        """Every user, the bot included, in the order of their coming."""
        with self._core.lock:
            return list(self._users.values())

    def ids_by_name(self) -> dict[str, str]:
        """Names to ids, for turning typed mentions into Slack's form."""
        return {user.name.lower(): user.id for user in self.all() if not user.deleted}

    def add_group(self, handle: str, name: str, users: list[str]) -> UserGroup:
        """A new user group of these user ids."""
        with self._core.lock:
            group = UserGroup(self._core.next_id("S"), handle, name, list(users))
            self.groups[group.id] = group
            return group

    def as_json(self, user: User, *, with_locale: bool = False) -> Json:
        """The user in Slack's shape."""
        return user_json(user, self._core.clock.now(), with_locale=with_locale)
