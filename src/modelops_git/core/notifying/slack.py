"""News for people: what incoming webhooks of Slack take, and of Mattermost and others that do as Slack does.

Every text that somebody wrote is escaped: it mentions nobody, and shows no link under another name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.clock import format_time
from modelops_git.core.digests import canonical_json
from modelops_git.core.notifying.words import headline

if TYPE_CHECKING:
    from modelops_git.core.journal.listeners import News

_LONGEST = 300
_MENTION = re.compile(r"@(?=\w)")
_APART = "@\N{ZERO WIDTH SPACE}"


def slack_message(news: News, event: str, environment: str) -> bytes:
    """The message, as canonical JSON."""
    said = escaped(headline(news, event, environment))
    lines = [f"*{said}*", *([f">{escaped(news.reason)}"] if news.reason else [])]
    about = " · ".join(_about(news))
    return canonical_json(
        {
            "text": said if not news.reason else f"{said}: {escaped(news.reason)}",
            "blocks": [
                {"type": "section", "text": _marked("\n".join(lines))},
                {"type": "context", "elements": [_marked(about)]},
            ],
            "unfurl_links": False,
            "unfurl_media": False,
        }
    )


def escaped(text: str) -> str:
    """Text as Slack shows it and does nothing else with it; long texts are cut."""
    line = printable(" ".join(text.split()))
    cut = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    safe = cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Mattermost takes a bare @channel for a mention, as Slack takes <!channel>, and knows links of Markdown.
    return _MENTION.sub(_APART, safe).replace("](", "]\N{ZERO WIDTH SPACE}(")


def _marked(text: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _about(news: News) -> list[str]:
    shares = ", ".join(f"{one.version} {one.weight} %" for one in news.routes if one.role != "mirror")
    facts = [f"by {news.by}", f"serves {shares}" if shares else "serves nothing" if news.model else ""]
    if news.pull_request:
        facts.append(f"reviewed in {news.pull_request}")
    if news.approvals:
        facts.append(f"approved by {', '.join(news.approvals)}")
    if news.ticket:
        facts.append(f"ticket {news.ticket}")
    facts.append(f"entry {news.entry}, {format_time(news.at.replace(microsecond=0))}")
    return [escaped(one) for one in facts if one]
