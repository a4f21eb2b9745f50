"""`python -m portico`: the commands of the library."""

import argparse
import importlib
import sys


def _demo(arguments) -> int:
    from portico import demo

    return demo.run(arguments)


def _parser():
    parser = argparse.ArgumentParser(prog="portico", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="train a network on Fashion-MNIST")
    from portico.demo.command import add_arguments

    add_arguments(demo)
    demo.set_defaults(run=_demo)
    _add(commands, "devices", "list the targets of this build and the devices of this machine")
    _add(commands, "compile", "compile a function for a target that need not be here")
    return parser


def _add(commands, name, help):
    command = importlib.import_module(f"portico._commands.{name}")
    parser = commands.add_parser(
        name, help=help, description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)


def main(argv=None) -> int:
    """Runs one command; an error is its message, without a traceback through the command."""
    arguments = _parser().parse_args(argv)
    from portico.errors import InternalError, PorticoError

    try:
        return arguments.run(arguments)
    except (PorticoError, InternalError) as error:
        print(f"portico {arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
