"""How GitLab writes what it knows."""

from __future__ import annotations

PROJECT, FORK = 7, 8


def user(fake, login):
    """A user, as other answers have it; None for nobody."""
    if not login:
        return None
    person = fake.state.person(login)
    return {
        "id": person.number,
        "username": person.login,
        "name": person.login.title(),
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{fake.url}/{person.login}",
    }


def full_user(fake, login):
    """A user, alone."""
    return {
        **user(fake, login),
        "bot": fake.state.person(login).is_bot,
        "public_email": "",
        "created_at": "2026-01-05",
    }


def request(fake, one):
    """A merge request."""
    state = {"open": "opened", "merged": "merged", "closed": "closed"}[one.state]
    by_squash = one.merged_as and fake.state.git.read(one.merged_as).message == f"{one.title} (#{one.number})"
    by_merge = one.merged_as and len(fake.state.git.read(one.merged_as).parents) > 1
    assignees = [user(fake, login) for login in one.assignees]
    ended = one.closed or None
    return {
        "id": 9000 + one.number,
        "iid": one.number,
        "project_id": PROJECT,
        "title": one.title,
        "description": one.body,
        "state": state,
        "created_at": one.created,
        "updated_at": one.created,
        "merged_at": ended if state == "merged" else None,
        "closed_at": ended if state == "closed" else None,
        "merge_user": user(fake, one.merged_by),
        "source_branch": one.branch,
        "target_branch": one.base,
        "source_project_id": FORK if one.fork else PROJECT,
        "target_project_id": PROJECT,
        "author": user(fake, one.by),
        "assignees": assignees,
        "assignee": assignees[0] if assignees else None,
        "reviewers": [],
        "labels": [],
        "draft": False,
        "sha": _head(fake, one),
        "merge_commit_sha": one.merged_as if by_merge else None,
        "squash_commit_sha": one.merged_as if by_squash else None,
        "references": {"short": f"!{one.number}", "relative": f"!{one.number}"},
        "web_url": f"{fake.url}/{fake.state.repository}/-/merge_requests/{one.number}",
        "squash": bool(by_squash),
        "user_notes_count": len(one.remarks),
    }


def _head(fake, one):
    """The head; where GitLab has rebased before it merged, what it has made of it."""
    if one.state != "merged" or one.head in one.brought:
        return one.head
    message = fake.state.git.read(one.merged_as).message
    is_new = message == fake.state.git.read(one.head).message
    return one.merged_as if is_new else one.head


def approvals(fake, one):
    """Who approves now."""
    approving = [word.by for word in _latest(one).values() if word.state == "approved"]
    return {
        "id": 9000 + one.number,
        "iid": one.number,
        "project_id": PROJECT,
        "approved": bool(approving),
        "approvals_required": 0,
        "approvals_left": 0,
        "approved_by": [{"user": user(fake, login)} for login in sorted(approving)],
    }


def _latest(one):
    return {word.by: word for word in one.words if word.state != "commented"}


def reviewers(fake, one):
    """The reviewers, with what each says."""
    states = {"approved": "approved", "changes_requested": "requested_changes"}
    return [
        {"user": user(fake, word.by), "state": states.get(word.state, "reviewed"), "created_at": word.at}
        for word in one.words
    ]


def notes(fake, one):
    """Comments, and what GitLab itself notes, in the order of time."""
    said = []
    for word in one.words:
        texts = {"approved": ["approved this merge request"]}
        texts["dismissed"] = ["approved this merge request", "unapproved this merge request"]
        for index, text in enumerate(texts.get(word.state, ())):
            said.append(_note(fake, (word.number * 10 + index, word.by, text, word.at), is_system=True))
    said += [remark(fake, one) for one in one.remarks]
    return sorted(said, key=lambda note: note["created_at"])


def remark(fake, one):
    """A comment."""
    return _note(fake, (one.number, one.by, one.body, one.at), is_system=False)


def _note(fake, said, *, is_system):
    number, by, body, at = said
    return {
        "id": number,
        "type": None,
        "body": body,
        "author": user(fake, by),
        "created_at": at,
        "updated_at": at,
        "system": is_system,
        "noteable_type": "MergeRequest",
        "resolvable": False,
        "internal": False,
    }


def version(one, moment):
    """A version of a merge request."""
    return {
        "id": moment.number,
        "head_commit_sha": moment.head,
        "base_commit_sha": moment.base,
        "start_commit_sha": moment.base,
        "created_at": moment.at,
        "merge_request_id": 9000 + one.number,
        "state": "collected",
        "real_size": "1",
    }


def commit(one):
    """A commit."""
    return {
        "id": one.sha,
        "short_id": one.sha[:8],
        "created_at": one.committed,
        "parent_ids": list(one.parents),
        "title": one.message.partition("\n")[0],
        "message": one.message,
        "author_name": one.author.name,
        "author_email": one.author.email,
        "authored_date": one.authored,
        "committer_name": one.committer.name,
        "committer_email": one.committer.email,
        "committed_date": one.committed,
        "trailers": {},
    }


def event(fake, push):
    """Somebody pushed."""
    actions = {"branch_creation": "created", "branch_deletion": "removed"}
    return {
        "id": push.number,
        "project_id": PROJECT,
        "action_name": "pushed to",
        "target_id": None,
        "author_id": fake.state.person(push.by).number,
        "author": user(fake, push.by),
        "author_username": push.by,
        "created_at": push.at,
        "push_data": {
            "commit_count": 1,
            "action": actions.get(push.kind, "pushed"),
            "ref_type": "branch",
            "commit_from": None if push.kind == "branch_creation" else push.before,
            "commit_to": None if push.kind == "branch_deletion" else push.after,
            "ref": push.branch,
            "commit_title": "…",
            "ref_count": None,
        },
    }
