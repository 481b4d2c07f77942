"""What is sent: a body and its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.notifying.cloudevents import cloud_event
from modelops_git.core.notifying.slack import slack_message

if TYPE_CHECKING:
    from modelops_git.core.journal.listeners import News
    from modelops_git.core.manifests.notification import Notification


class Place(NamedTuple):
    """Where something happened."""

    registry: str
    environment: str


class Message(NamedTuple):
    """One message.

    Attributes:
        id: Names what happened; the same whenever and to whomever it is told.
        entry: The number of the journal's entry.
        content_type: What the body is.
        body: JSON.
    """

    id: str
    entry: int
    content_type: str
    body: bytes


def compose(news: News, manifests: tuple[Notification, ...], place: Place) -> Message:
    """The message about `news` for those who are to be told of it."""
    event = _event(news, manifests)
    if any(one.type == "slack" for one in manifests):
        return Message(news.id, news.entry, "application/json", slack_message(news, event, place.environment))
    body = cloud_event(news, event, place.registry, place.environment)
    return Message(news.id, news.entry, "application/cloudevents+json", body)


def _event(news: News, manifests: tuple[Notification, ...]) -> str:
    """The event by which it is told: the one that says it best, of those that are wanted."""
    wanted = {event for one in manifests for event in one.on}
    return next((event for event in news.events if event in wanted), news.events[0])
