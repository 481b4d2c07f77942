"""What can be asked of the fake GitHub about people and pull requests."""

from __future__ import annotations

from forging.github import views
from forging.github.settings import ROUTES as SETTINGS
from forging.serving import Page, Response, Route

REPO = "/repos/{owner}/{repo}"
ABSENT = Response(404, {"message": "Not Found", "documentation_url": "https://docs.invalid", "status": "404"})


def wrong(*said):
    """A refusal as GitHub words those of its validation."""
    errors = [{"resource": "PullRequest", "code": "custom", "message": message} for message in said]
    return Response(
        422, {"message": "Validation Failed", "errors": errors, "documentation_url": "https://docs.invalid"}
    )


def _ours(fake, owner, repo):
    return f"{owner}/{repo}".lower() == fake.state.repository.lower()


def _pull(fake, _request, owner, repo, number):
    one = fake.state.pull(int(number)) if _ours(fake, owner, repo) else None
    return Response(200, views.full_pull(fake, one)) if one else ABSENT


def _of_pull(show):
    def answer(fake, _request, owner, repo, number):
        one = fake.state.pull(int(number)) if _ours(fake, owner, repo) else None
        return Page(show(fake, one)) if one else ABSENT

    return answer


def _commits(fake, one):
    return [views.commit(fake, commit) for commit in fake.state.commits(one)][:250]


def _timeline(fake, one):
    forced = [push for push in one.pushes if push.kind == "force_push"]
    reviews = [{"event": "reviewed", **views.review(fake, one, word)} for word in one.words]
    return [*reviews, *(views.forced(fake, push) for push in forced)]


def _pulls(fake, request, owner, repo):
    if not _ours(fake, owner, repo):
        return ABSENT
    wanted, head = request.query.get("state", "open"), request.query.get("head", "")
    found = [
        one for one in fake.state.pulls if wanted == "all" or (one.state == "open") == (wanted == "open")
    ]
    if ":" in head:  # without the owner GitHub leaves this out
        found = [one for one in found if _label(fake, one).lower() == head.lower()]
    return Page([views.pull(fake, one) for one in reversed(found)])


def _label(fake, one):
    return f"{(one.fork or fake.state.repository).partition('/')[0]}:{one.branch}"


def _open(fake, request, owner, _repo):
    body = request.body
    tips = fake.state.git.tips()
    if body["head"] not in tips or body["base"] not in tips:
        return wrong("Field head or base is invalid")
    if fake.state.git.is_ancestor(tips[body["head"]], tips[body["base"]]):
        return wrong(f"No commits between {body['base']} and {body['head']}")
    if any(one.branch == body["head"] and one.state == "open" and not one.fork for one in fake.state.pulls):
        return wrong(f"A pull request already exists for {owner}:{body['head']}.")
    said = {name: body[name] for name in ("title", "body", "base")}
    number = fake.state.open(body["head"], fake.state.me, **said)
    return Response(201, views.full_pull(fake, fake.state.pull(number)))


def _brought(fake, _request, _owner, _repo, sha):
    if not fake.state.git.read(sha):
        return Response(422, {"message": f"No commit found for SHA: {sha}"})
    found = [one for one in fake.state.pulls if sha in one.brought]
    found = found or [
        one for one in fake.state.pulls if sha in {made.sha for made in fake.state.commits(one)}
    ]
    return Page([views.pull(fake, one) for one in found])


def _by_author(fake, request, _owner, _repo):
    who = request.query.get("author", "").lower()
    found = [
        one for one in fake.state.git.log(fake.state.git.tip("main")) if who in {"", one.author.email.lower()}
    ]
    return Page([views.commit(fake, one) for one in reversed(found)])


def _activity(fake, request, owner, repo):
    ref = request.query.get("ref", "").removeprefix("refs/heads/")
    path = f"{owner}/{repo}".lower()
    branches = {one.branch for one in fake.state.pulls if one.fork.lower() == path}
    if not _ours(fake, owner, repo) and not branches:
        return ABSENT
    known = (
        fake.state.pushes
        if _ours(fake, owner, repo)
        else [one for one in fake.state.pushes if one.branch in branches]
    )
    return Page([views.push(fake, one) for one in reversed(known) if ref in {"", one.branch}], by_mark=True)


def _team(fake, _request, organization, slug):
    path = f"{organization}/{slug}"
    if path not in fake.state.teams:
        return ABSENT
    return Page([views.user(fake, login) for login in fake.state.in_team(path)])


def _say(fake, request, _owner, _repo, number):
    one = fake.state.pull(int(number))
    if one is None:
        return ABSENT
    made = fake.state.remark(one.number, fake.state.me, request.body["body"])
    return Response(201, views.remark(fake, one, made))


def _one_remark(answer):
    def found(fake, request, _owner, _repo, number):
        for one in fake.state.pulls:
            for said in one.remarks:
                if said.number == int(number):
                    return answer(fake, request, one, said)
        return ABSENT

    return found


def _edit(fake, request, one, said):
    said.body = request.body["body"]
    return Response(200, views.remark(fake, one, said))


def _drop(_fake, _request, one, said):
    one.remarks.remove(said)
    return Response(204)


def _user(fake, _request):
    if fake.state.person(fake.state.me).is_bot:
        return Response(
            403,
            {
                "message": "Resource not accessible by integration",
                "documentation_url": "https://docs.invalid",
            },
        )
    return Response(200, views.private_user(fake, fake.state.me))


def _graphql(fake, request):
    if request.body["query"] != "{viewer{login}}":
        return Response(200, {"errors": [{"message": "not known to this server"}]})
    return Response(200, {"data": {"viewer": {"login": fake.state.me}}})


def _repository(fake, _request, owner, repo):
    return Response(200, views.repository(fake)) if _ours(fake, owner, repo) else ABSENT


def _reviews(fake, one):
    return [views.review(fake, one, word) for word in one.words]


def _remarks(fake, one):
    return [views.remark(fake, one, said) for said in one.remarks]


_PULL = REPO + "/pulls/{pull_number}"
_COMMENT = REPO + "/issues/comments/{comment_id}"
ROUTES = (
    Route("GET", "/user", _user),
    Route("POST", "/graphql", _graphql, body=("query",)),
    Route("GET", REPO, _repository),
    Route("GET", REPO + "/pulls", _pulls, query=("state", "head", "base", "sort", "direction")),
    Route(
        "POST",
        REPO + "/pulls",
        _open,
        body=("title", "head", "base", "body", "draft", "maintainer_can_modify"),
    ),
    Route("GET", _PULL, _pull),
    Route("GET", _PULL + "/reviews", _of_pull(_reviews)),
    Route("GET", _PULL + "/commits", _of_pull(_commits)),
    Route("GET", REPO + "/issues/{issue_number}/timeline", _of_pull(_timeline)),
    Route("GET", REPO + "/issues/{issue_number}/comments", _of_pull(_remarks), query=("since",)),
    Route("POST", REPO + "/issues/{issue_number}/comments", _say, body=("body",)),
    Route("PATCH", _COMMENT, _one_remark(_edit), body=("body",)),
    Route("DELETE", _COMMENT, _one_remark(_drop)),
    Route(
        "GET", REPO + "/commits", _by_author, query=("author", "sha", "path", "since", "until", "committer")
    ),
    Route("GET", REPO + "/commits/{commit_sha}/pulls", _brought),
    Route(
        "GET",
        REPO + "/activity",
        _activity,
        query=("ref", "after", "before", "direction", "actor", "activity_type"),
    ),
    Route("GET", "/orgs/{org}/teams/{team_slug}/members", _team, query=("role",)),
    *SETTINGS,
)
