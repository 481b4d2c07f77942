"""Markdown as GitHub and GitLab render it: the comment on a pull request, and the text of one."""
