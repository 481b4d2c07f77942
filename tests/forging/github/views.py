"""How GitHub writes what it knows, with every field that its description requires."""

from __future__ import annotations

from urllib.parse import quote

_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_LINKS = """
archive assignees blobs branches collaborators comments commits compare contents contributors deployments
downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels
languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags
teams trees
"""
_NONE = ("homepage", "language", "mirror_url", "license", "description")
_COUNTS = """
forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count network_count
subscribers_count
"""
_FLAGS = """
has_downloads has_issues has_projects has_wiki has_pages has_discussions archived disabled fork
"""
BEGAN = "2026-01-05T09:00:00Z"


def user(fake, login, **more):
    """A simple user; None for nobody."""
    if not login:
        return None
    person = fake.state.person(login)
    base = f"{fake.url}/users/{quote(person.login)}"
    return {
        "login": person.login,
        "id": person.number,
        "node_id": f"U_{person.number}",
        "avatar_url": f"{fake.url}/u/{person.number}",
        "gravatar_id": "",
        "url": base,
        "html_url": f"{fake.url}/{quote(person.login)}",
        **{name: base + rest for name, rest in _USER_LINKS.items()},
        "type": "Bot" if person.is_bot else "User",
        "site_admin": False,
        **more,
    }


def private_user(fake, login):
    """The token's own user."""
    none = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name"))
    counts = "followers following public_gists public_repos collaborators disk_usage owned_private_repos"
    zero = dict.fromkeys([*counts.split(), "private_gists", "total_private_repos"], 0)
    times = {"created_at": BEGAN, "updated_at": BEGAN}
    return user(fake, login, **none, **zero, **times, two_factor_authentication=True)


def repository(fake, path=""):
    """A repository."""
    path = path or fake.state.repository
    owner, _, name = path.partition("/")
    base = f"{fake.url}/repos/{path}"
    return {
        "id": 1296269,
        "node_id": "R_1",
        "name": name,
        "full_name": path,
        "private": True,
        "owner": user(fake, owner),
        "html_url": f"{fake.url}/{path}",
        "url": base,
        **{f"{one}_url": f"{base}/{one}" for one in _REPOSITORY_LINKS.split()},
        **dict.fromkeys(_NONE),
        **dict.fromkeys(_COUNTS.split(), 0),
        **dict.fromkeys(_FLAGS.split(), False),
        "clone_url": f"{fake.url}/{path}.git",
        "git_url": f"{fake.url}/{path}.git",
        "ssh_url": f"git@127.0.0.1:{path}.git",
        "svn_url": f"{fake.url}/{path}",
        "default_branch": "main",
        "pushed_at": BEGAN,
        "created_at": BEGAN,
        "updated_at": BEGAN,
    }


def commit(fake, one):
    """A commit; the users are those whom GitHub knows by the addresses."""
    base = f"{fake.url}/repos/{fake.state.repository}"
    link = f"{base}/commits/{one.sha}"
    verified = one.sha in fake.state.verified
    return {
        "url": link,
        "sha": one.sha,
        "node_id": f"C_{one.sha[:8]}",
        "html_url": link,
        "comments_url": f"{link}/comments",
        "commit": {
            "url": link,
            "author": {"name": one.author.name, "email": one.author.email, "date": one.authored},
            "committer": {"name": one.committer.name, "email": one.committer.email, "date": one.committed},
            "message": one.message,
            "tree": {"sha": one.tree, "url": f"{base}/git/trees/{one.tree}"},
            "comment_count": 0,
            "verification": {
                "verified": verified,
                "reason": "valid" if verified else "unsigned",
                "signature": "…" if verified else None,
                "payload": "…" if verified else None,
                "verified_at": BEGAN if verified else None,
            },
        },
        "author": by_address(fake, one.author.email),
        "committer": by_address(fake, one.committer.email),
        "parents": [{"sha": sha, "url": f"{base}/commits/{sha}", "html_url": link} for sha in one.parents],
    }


def by_address(fake, email):
    """Whom GitHub knows by an address; None for nobody."""
    if email == "noreply@github.com":
        return user(fake, "web-flow")
    person = fake.state.known_by(email)
    return user(fake, person.login) if person else None


def _side(fake, ref, sha, path):
    owner = path.partition("/")[0]
    place = {"ref": ref, "sha": sha, "label": f"{owner}:{ref}"}
    return {**place, "user": user(fake, owner), "repo": repository(fake, path)}


def pull(fake, one):
    """A pull request, as lists have it."""
    path = fake.state.repository
    link = f"{fake.url}/{path}/pull/{one.number}"
    base = f"{fake.url}/repos/{path}/pulls/{one.number}"
    issue = f"{fake.url}/repos/{path}/issues/{one.number}"
    statuses = f"{fake.url}/repos/{path}/statuses/{one.head}"
    links = {
        "self": base,
        "html": link,
        "issue": issue,
        "comments": f"{issue}/comments",
        "commits": f"{base}/commits",
    }
    links |= {
        "review_comments": f"{base}/comments",
        "review_comment": f"{base}/comments/1",
        "statuses": statuses,
    }
    assignees = [user(fake, login) for login in one.assignees]
    return {
        "id": 5000 + one.number,
        "node_id": f"PR_{one.number}",
        "number": one.number,
        "url": base,
        "html_url": link,
        "diff_url": f"{link}.diff",
        "patch_url": f"{link}.patch",
        "issue_url": issue,
        "comments_url": f"{issue}/comments",
        "commits_url": f"{base}/commits",
        "review_comments_url": f"{base}/comments",
        "review_comment_url": f"{base}/comments{{/number}}",
        "statuses_url": statuses,
        "state": "open" if one.state == "open" else "closed",
        "locked": False,
        "title": one.title,
        "body": one.body,
        "user": user(fake, one.by),
        "labels": [],
        "milestone": None,
        "created_at": one.created,
        "updated_at": one.created,
        "closed_at": one.closed or None,
        "merged_at": one.closed if one.state == "merged" else None,
        "merge_commit_sha": one.merged_as or None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _side(fake, one.branch, one.head, one.fork or path),
        "base": _side(fake, one.base, one.start, path),
        "_links": {name: {"href": address} for name, address in links.items()},
        "author_association": "MEMBER",
        "auto_merge": None,
        "draft": False,
    }


def full_pull(fake, one):
    """A pull request, as it is shown alone."""
    return {
        **pull(fake, one),
        "merged": one.state == "merged",
        "mergeable": True,
        "mergeable_state": "clean",
        "merged_by": user(fake, one.merged_by),
        "maintainer_can_modify": False,
        "comments": len(one.remarks),
        "review_comments": 0,
        "commits": len(fake.state.commits(one)),
        "additions": 1,
        "deletions": 0,
        "changed_files": 1,
    }


_REVIEWS = {"approved": "APPROVED", "changes_requested": "CHANGES_REQUESTED", "dismissed": "DISMISSED"}


def review(fake, one, word):
    """A review."""
    base = f"{fake.url}/repos/{fake.state.repository}/pulls/{one.number}"
    link = f"{fake.url}/{fake.state.repository}/pull/{one.number}#pullrequestreview-{word.number}"
    return {
        "id": word.number,
        "node_id": f"PRR_{word.number}",
        "user": user(fake, word.by),
        "body": word.body,
        "state": _REVIEWS.get(word.state, word.state.upper()),
        "html_url": link,
        "pull_request_url": base,
        "_links": {"html": {"href": link}, "pull_request": {"href": base}},
        "submitted_at": word.at,
        "commit_id": word.commit,
        "author_association": "MEMBER",
    }


def remark(fake, one, said):
    """A comment."""
    base = f"{fake.url}/repos/{fake.state.repository}/issues"
    return {
        "id": said.number,
        "node_id": f"IC_{said.number}",
        "url": f"{base}/comments/{said.number}",
        "html_url": f"{fake.url}/{fake.state.repository}/pull/{one.number}#issuecomment-{said.number}",
        "issue_url": f"{base}/{one.number}",
        "body": said.body,
        "user": user(fake, said.by),
        "created_at": said.at,
        "updated_at": said.at,
        "author_association": "MEMBER",
        "performed_via_github_app": None,
    }


def push(fake, one):
    """An activity of the repository."""
    return {
        "id": one.number,
        "node_id": f"PSH_{one.number}",
        "before": one.before,
        "after": one.after,
        "ref": f"refs/heads/{one.branch}",
        "timestamp": one.at,
        "activity_type": one.kind,
        "actor": user(fake, one.by),
    }


def forced(fake, one):
    """An event of a pull request: somebody forced a push."""
    base = f"{fake.url}/repos/{fake.state.repository}"
    return {
        "id": one.number,
        "node_id": f"HRFPE_{one.number}",
        "url": f"{base}/issues/events/{one.number}",
        "actor": user(fake, one.by),
        "event": "head_ref_force_pushed",
        "commit_id": one.after,
        "commit_url": f"{base}/commits/{one.after}",
        "created_at": one.at,
        "performed_via_github_app": None,
    }
