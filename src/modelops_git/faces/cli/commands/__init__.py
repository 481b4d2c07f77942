"""The commands, one module each, and the table that names them.

A command module holds one object called `command`:

    @click.command("list")
    @takes_session
    @click.option("--all", "everything", is_flag=True, help="Show archived models too.")
    def command(session: Session, *, everything: bool) -> Answer:
        '''List the models and their newest versions.'''
        rows = list_models(session.catalog())
        return Answer({"models": [asdict(row) for row in rows]}, table(HEADER, [_cells(row) for row in rows]))

- It parses its words, calls the verb in `engine`, and returns an `Answer`: the result as JSON and as lines
  for people, and the exit code. `main` prints it. Nothing is printed by hand, and no exit is called.
- `takes_session` passes the `Session` first and adds `--format` behind the command too. What is not the
  result goes to stderr, by `session.note` (not with `-q`) and `session.detail` (only with `-v`);
  `session.progress` draws a bar where one helps.
- Mistakes are raised as errors of `core.errors`, never printed; `main` catches them, once.
- Lines need no escaping: `faces.reporting.lines.render` does that. Colour is a `Span`, not an escape
  sequence.
- `MODEL` and `MODEL@VERSION` are parsed by `REFERENCE` of `faces.cli.options` and looked up by
  `core.references`, which says what was meant where nothing is found.
- A command of more than five words takes them as one frozen dataclass, by `gathers`; see `validate`.
- Slow libraries, and all of `engine` and `edges`, are imported inside the function.
- A command with words of its own (`journal create`) is a `click.Group` called `command`; `takes_session` is
  for its leaves.

The help in the table is the first line of the command's docstring; a test holds that they agree.
"""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Write a registry that passes its own hooks."),
    "register": ("register", "Hash and store artifacts, and write the manifest of a new version."),
    "sign": ("sign", "Sign the files of a version that is not merged yet."),
    "validate": ("validate", "Check the manifests; needs no network."),
    "verify": ("verify", "Check the stored bytes against the digests in the manifests."),
    "diff": ("diff", "Compare two versions of a model."),
    "promote": ("promote", "Ask for a version to be live in an environment."),
    "notice": ("notice", "Write down what became known about a version."),
    "rollback": ("rollback", "Go back to an older version in an environment."),
    "abort": ("abort", "End the rollout under way: all traffic back at once."),
    "pause": ("pause", "Let the rollout under way stand still."),
    "resume": ("resume", "Let a rollout go on that is paused or waits for somebody."),
    "retry": ("retry", "Try again what is held, was refused or has failed."),
    "codeowners": ("codeowners", "Write CODEOWNERS from the rules in modelops.yaml."),
    "journal": ("journal", "Create the journal of an environment."),
    "adopt": ("adopt", "Take into the journal what a target serves already."),
    "authorize": ("authorize", "Check who may do what a change does, and who must approve it."),
    "approve": ("approve", "Sign what the commits of this branch change."),
    "pre-receive": ("pre_receive", "Hold a push against the rules; the hook of a git server."),
    "plan": ("plan", "Show what apply would do."),
    "comment": ("comment", "Say what the merge of a change would do, for its reviewers."),
    "apply": ("apply", "Make what is live what the manifests ask for."),
    "reconcile": ("reconcile", "Bring on what is due now in every rollout."),
    "serve": ("serve", "Serve predictions by what is live in an environment."),
    "drift": ("drift", "Show where targets differ from what the journal says."),
    "status": ("status", "Show what is wanted and what is live."),
    "history": ("history", "Show what was live, and when."),
    "who-served": ("who_served", "Tell which version served at a time, met a caller, or made a prediction."),
    "audit": ("audit", "Verify or print the record."),
    "list": ("list", "List the models and their newest versions."),
    "show": ("show", "Show a model or one of its versions."),
    "pull": ("pull", "Fetch the verified files of a version."),
    "cache": ("cache", "List or prune the local cache of artifacts."),
    "schema": ("schema", "Print the JSON Schema of a kind of manifest."),
    "explain": ("explain", "Explain a check: why it is there, what is wrong, what is right."),
    "doctor": ("doctor", "Look for what would keep the tool from working here."),
}
"""Command to module of this package, and help in one line; in the order of the help page."""
