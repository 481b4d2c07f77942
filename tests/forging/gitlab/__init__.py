"""GitLab's REST API, as far as the adapter asks it.

Sources: GitLab, "REST API resources" (merge requests, approvals, notes, commits, events, members, protected
branches and environments, push rules, users), and the examples of answers there.
"""
