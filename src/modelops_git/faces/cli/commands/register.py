"""`modelops register`: files become a version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import REFERENCE, gathers, takes_session
from modelops_git.faces.cli.session import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.references import Reference
    from modelops_git.core.versions import Bump
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.register import Draft
    from modelops_git.engine.registering.request import Request
    from modelops_git.faces.cli.asking import Asker
    from modelops_git.faces.cli.session import Session

BUMPS = click.Choice(["major", "minor", "patch"])
RISKS = click.Choice(["low", "medium", "high"])
FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command; each is described by its option."""

    model: str | None
    paths: tuple[Path, ...]
    summary: str | None
    metadata: Path | None
    card: Path | None
    version: str
    bump: Bump | None
    parent: str
    data: tuple[str, ...]
    param: tuple[str, ...]
    metric: tuple[str, ...]
    seed: int | None
    framework: str | None
    algorithm: str | None
    limitation: tuple[str, ...]
    author: tuple[str, ...]
    code: Path | None
    role: tuple[str, ...]
    store: str | None
    description: str
    owner: tuple[str, ...]
    risk: str | None
    renumber: Reference | None
    yes: bool


@click.command("register")
@takes_session
@click.argument("model", required=False)
@click.argument("paths", metavar="PATH...", nargs=-1, type=FILE)
@click.option("--summary", metavar="TEXT", help="What is new, in a sentence.")
@click.option("--metadata", type=FILE, metavar="FILE", help="YAML or JSON with any fields of the manifest.")
@click.option("--card", type=FILE, metavar="FILE", help="A model card, JSON; --metadata wins over it.")
@click.option("--version", default="", metavar="V", help="The number; the least legal one by default.")
@click.option("--bump", type=BUMPS, help="Which part of the number shall rise.")
@click.option("--parent", default="", metavar="V", help="What it follows; the newest release by default.")
@click.option("--data", multiple=True, metavar="NAME=FILE", help="Training data, which is hashed.")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="A hyperparameter.")
@click.option("--metric", multiple=True, metavar="[EVALUATION:]NAME=VALUE", help="A result.")
@click.option("--seed", type=int, metavar="N", help="The seed of the random numbers.")
@click.option("--framework", metavar="NAME[=VERSION]", help="The library it was made with.")
@click.option("--algorithm", metavar="NAME", help="The kind of model.")
@click.option("--limitation", multiple=True, metavar="TEXT", help="What it cannot do.")
@click.option("--author", multiple=True, metavar="ID", help="Such as github:ana; who git says by default.")
@click.option("--code", type=FILE, metavar="DIR", help="The training code; that beside PATH by default.")
@click.option("--role", multiple=True, metavar="PATH=ROLE", help="What a file is for, such as tokenizer.")
@click.option("--store", metavar="NAME", help="Where the bytes go; the default store of modelops.yaml.")
@click.option("--description", default="", metavar="TEXT", help="Of a new model: what it does.")
@click.option("--owner", multiple=True, metavar="GROUP", help="Of a new model: who answers for it.")
@click.option("--risk", type=RISKS, help="Of a new model: how much harm it can do.")
@click.option(
    "--renumber",
    type=REFERENCE,
    metavar="MODEL@VERSION",
    help="Give this branch's version another number, since another with this one was merged.",
)
@click.option("-y", "--yes", is_flag=True, help="Ask nothing, also on a terminal.")
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Hash and store artifacts, and write the manifest of a new version.

    PATH is a file, a folder whose inner paths are kept, or a pattern in quotes such as 'out/**/*.json'; names
    in folders that begin with a dot are left out.
    What can be found out is: digests, formats, the interface of an ONNX model, the commit of the code, who
    you are, the number. The rest comes from --metadata and from words, which win over it; an item of a list
    is known by its name, other lists are replaced. On a terminal what is missing is asked for, and at the end
    whether the number is right; elsewhere all that is missing is said at once, and nothing is written then.
    Nothing is committed.
    """
    if asked.renumber is not None:
        return _renumber(session, asked, asked.renumber)
    from modelops_git.engine.register import draft, gather, publish
    from modelops_git.faces.reporting.registered import registered_data, registered_lines

    if asked.model is None or not asked.paths:
        raise click.UsageError("Name the model and its files: register MODEL PATH...")
    repository = session.repository()
    request = _request(asked)
    asker = _asker(session, asked, repository, request)
    gathered = asker.gathered(request) if asker else gather(repository, request)
    with ThreadPoolExecutor() as executor:
        with session.progress("hashing", gathered.size) as bar:
            made = draft(gathered, executor, bar.advance)
        if asker:
            asker.confirm(made)
        with session.progress("storing", made.size) as bar:
            made = publish(made, executor, bar.advance)
    _tell(session, made)
    return Answer(registered_data(made), registered_lines(made, Path.cwd()))


def _asker(session: Session, asked: Asked, repository: Repository, request: Request) -> Asker | None:
    """The person who can be asked; None where there is none."""
    if asked.yes or not session.terminal.asks or session.format != Format.TEXT:
        return None
    from modelops_git.engine.registering.looking import look
    from modelops_git.faces.cli.asking import Asker

    return Asker(repository, look(repository, request), session.terminal.colours_err)


def _renumber(session: Session, asked: Asked, about: Reference) -> Answer:
    from modelops_git.engine.registering.request import Numbering
    from modelops_git.engine.renumber import prepare, renumber
    from modelops_git.faces.reporting.renumbered import renumbered_data, renumbered_lines

    known = ("renumber", "yes", "version", "bump", "parent")
    others = [name for name in asked.__slots__ if name not in known and getattr(asked, name)]
    if others or not about.at:
        raise click.UsageError("Write register --renumber MODEL@VERSION, with --version, --bump or --parent.")
    wanted = prepare(session.repository(), about, Numbering(asked.version, asked.bump, asked.parent))
    with ThreadPoolExecutor() as executor, session.progress("moving", wanted.size) as bar:
        done = renumber(wanted, executor, bar.advance)
    return Answer(renumbered_data(done), renumbered_lines(done, Path.cwd()))


def _tell(session: Session, made: Draft) -> None:
    from modelops_git.faces.reporting.text import NoSources, finding_lines

    for note in made.notes:
        session.note(note)
    for line in finding_lines(made.warnings, NoSources()):
        session.note(line)


def _request(asked: Asked) -> Request:
    from modelops_git.engine.registering import words
    from modelops_git.engine.registering.request import NewModel, Numbering, Request

    words.refuse_hidden(_texts(asked))
    data = words.once(map(words.data, asked.data), "--data")
    words.refuse_hidden(("the name of --data", name) for name in data)
    return Request(
        model=asked.model or "",
        paths=asked.paths,
        fields=_fields(asked),
        metrics=tuple(map(words.metric, asked.metric)),
        data=tuple(data.items()),
        roles=words.once(map(words.role, asked.role), "--role"),
        metadata=asked.metadata,
        card=asked.card,
        code=asked.code,
        numbering=Numbering(asked.version, asked.bump, asked.parent),
        new_model=NewModel(asked.description, asked.owner, asked.risk or ""),
    )


def _texts(asked: Asked) -> Iterator[tuple[str, str]]:
    """Each option with each text that goes into a manifest as it was typed."""
    for option in ("summary", "framework", "algorithm", "store", "description"):
        yield f"--{option}", getattr(asked, option) or ""
    for option in ("param", "metric", "limitation", "author", "owner"):
        yield from ((f"--{option}", text) for text in getattr(asked, option))


def _fields(asked: Asked) -> dict[str, Any]:
    """The fields of the manifest that words give as they are."""
    from modelops_git.engine.registering import words

    training = {
        "hyperparameters": words.once(map(words.parameter, asked.param), "--param") or None,
        "seed": None if asked.seed is None else words.seed(asked.seed),
    }
    fields = {
        "summary": asked.summary,
        "authors": list(asked.author) or None,
        "framework": words.framework(asked.framework) if asked.framework else None,
        "algorithm": asked.algorithm,
        "limitations": list(asked.limitation) or None,
        "store": asked.store,
        "training": {name: value for name, value in training.items() if value is not None} or None,
    }
    return {name: value for name, value in fields.items() if value is not None}
