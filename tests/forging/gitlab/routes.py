"""What can be asked of the fake GitLab about people and merge requests."""

from __future__ import annotations

from forging.gitlab import views
from forging.gitlab.settings import ABSENT, HERE
from forging.gitlab.settings import ROUTES as SETTINGS
from forging.serving import Page, Response, Route


def _request(show):
    def answer(fake, request, project, number):
        one = fake.state.pull(int(number)) if _is_ours(fake, project) else None
        return show(fake, request, one) if one else ABSENT

    return answer


def _is_ours(fake, project):
    return project.lower() in {fake.state.repository.lower(), str(views.PROJECT)}


def _one(fake, _request, one):
    return Response(200, views.request(fake, one))


def _approvals(fake, _request, one):
    return Response(200, views.approvals(fake, one))


def _reviewers(fake, _request, one):
    return Response(200, views.reviewers(fake, one))


def _notes(fake, request, one):
    notes = views.notes(fake, one)
    return Page(notes if request.query.get("sort") == "asc" else notes[::-1])


def _versions(_fake, _request, one):
    return Page([views.version(one, moment) for moment in reversed(one.moments)])


def _commits(fake, _request, one):
    return Page([views.commit(commit) for commit in reversed(fake.state.commits(one))])


def _say(fake, request, one):
    return Response(
        201, views.remark(fake, fake.state.remark(one.number, fake.state.me, request.body["body"]))
    )


def _remark(answer):
    def found(fake, request, _project, number, note):
        pull = fake.state.pull(int(number))
        for said in pull.remarks:
            if said.number == int(note):
                return answer(fake, request, pull, said)
        return ABSENT

    return found


def _edit(fake, request, _pull, said):
    said.body = request.body["body"]
    return Response(200, views.remark(fake, said))


def _drop(_fake, _request, pull, said):
    pull.remarks.remove(said)
    return Response(204)


def _requests(fake, request, project):
    if not _is_ours(fake, project):
        return ABSENT
    wanted = request.query.get("state", "all")
    found = [views.request(fake, one) for one in reversed(fake.state.pulls)]
    found = [one for one in found if wanted in {"all", one["state"]}]
    branch = request.query.get("source_branch", "")
    return Page([one for one in found if branch in {"", one["source_branch"]}])


def _open(fake, request, _project):
    body = request.body
    tips = fake.state.git.tips()
    source, target = body["source_branch"], body["target_branch"]
    if source not in tips:
        return Response(400, {"message": [f'source_branch "{source}" does not exist']})
    taken = [one for one in fake.state.pulls if one.branch == source and one.state == "open" and not one.fork]
    if taken:
        words = f"Another open merge request already exists for this source branch: !{taken[0].number}"
        return Response(409, {"message": [words]})
    number = fake.state.open(
        source, fake.state.me, base=target, title=body["title"], body=body["description"]
    )
    return Response(201, views.request(fake, fake.state.pull(number)))


def _brought(fake, _request, _project, sha):
    if not fake.state.git.read(sha):
        return Response(404, {"message": "404 Commit Not Found"})
    found = [
        one
        for one in fake.state.pulls
        if sha in {*one.brought, one.merged_as, *(made.sha for made in fake.state.commits(one))}
    ]
    return Page([views.request(fake, one) for one in found])


def _events(fake, _request, project):
    if project not in {str(views.PROJECT), str(views.FORK)}:
        return ABSENT
    forked = {one.branch for one in fake.state.pulls if one.fork}
    is_fork = project == str(views.FORK)
    found = [one for one in fake.state.pushes if not is_fork or one.branch in forked]
    return Page([views.event(fake, one) for one in reversed(found)])


def _graphql(fake, request):
    """The one query of the adapter; as everybody else does, it asks for a hundred at once."""
    if "commitsWithoutMergeCommits(first: 100, after: $after)" not in request.body["query"]:
        return Response(200, {"errors": [{"message": "not known to this server"}]})
    said = request.body["variables"]
    pull = fake.state.pull(int(said["iid"])) if said["path"] == fake.state.repository else None
    nodes = [_node(fake, one) for one in fake.state.commits(pull) if len(one.parents) == 1]
    begin = int(said.get("after") or 0)
    info = {"hasNextPage": len(nodes) > begin + 100, "endCursor": str(begin + 100)}
    page = {"nodes": nodes[begin : begin + 100], "pageInfo": info}
    return Response(200, {"data": {"project": {"mergeRequest": {"commitsWithoutMergeCommits": page}}}})


def _node(fake, commit):
    known = fake.state.known_by(commit.author.email)
    return {"sha": commit.sha, "author": {"username": known.login} if known else None}


def _me(fake, _request):
    return Response(200, views.full_user(fake, fake.state.me))


def _user(fake, _request, number):
    for person in fake.state.people.values():
        if person.number == int(number):
            return Response(200, views.full_user(fake, person.login))
    return ABSENT


def _users(fake, request):
    """Users by their name or public address, which here all addresses are."""
    wanted = request.query["search"].lower()
    known = fake.state.people.values()
    return Page([views.user(fake, one.login) for one in known if wanted in {one.email, one.login.lower()}])


def _members(fake, _request, group):
    if group not in fake.state.teams:
        return ABSENT
    return Page([{**views.user(fake, one), "access_level": 30} for one in fake.state.teams[group].members])


_REQUEST = HERE + "/merge_requests/{iid}"
_NOTE = _REQUEST + "/notes/{note_id}"
_OPEN = ("source_branch", "target_branch", "title", "description", "remove_source_branch")
ROUTES = (
    Route("POST", "/graphql", _graphql, body=("query", "variables")),
    Route("GET", "/user", _me),
    Route("GET", "/users", _users, query=("search",)),
    Route("GET", "/users/{id}", _user),
    Route("GET", "/groups/{id}/members", _members),
    Route("GET", HERE + "/merge_requests", _requests, query=("state", "source_branch")),
    Route("POST", HERE + "/merge_requests", _open, body=_OPEN),
    Route("GET", _REQUEST, _request(_one)),
    Route("GET", _REQUEST + "/approvals", _request(_approvals)),
    Route("GET", _REQUEST + "/reviewers", _request(_reviewers)),
    Route("GET", _REQUEST + "/notes", _request(_notes), query=("sort", "order_by")),
    Route("POST", _REQUEST + "/notes", _request(_say), body=("body",)),
    Route("PUT", _NOTE, _remark(_edit), body=("body",)),
    Route("DELETE", _NOTE, _remark(_drop)),
    Route("GET", _REQUEST + "/versions", _request(_versions)),
    Route("GET", _REQUEST + "/commits", _request(_commits)),
    Route("GET", HERE + "/repository/commits/{sha}/merge_requests", _brought),
    Route("GET", HERE + "/events", _events, query=("action", "sort", "after", "before")),
    *SETTINGS,
)
