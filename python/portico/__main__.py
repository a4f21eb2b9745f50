"""`python -m portico`: the commands of the library."""

import argparse
import sys


def _devices(arguments) -> int:
    import portico as pt
    from portico import _core

    for driver in _core.drivers():
        for ordinal in range(driver["count"]):
            print(pt.device(driver["name"], ordinal))
        if driver["reason"]:
            print(f"{driver['name']}: {driver['reason']}", file=sys.stderr)
    return 0


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
    devices = commands.add_parser("devices", help="list the devices of this machine")
    devices.set_defaults(run=_devices)
    return parser


def main(argv=None) -> int:
    """Runs one command; errors that the user can fix are one line, without a traceback."""
    arguments = _parser().parse_args(argv)
    from portico.errors import PorticoError

    try:
        return arguments.run(arguments)
    except PorticoError as error:
        print(f"portico {arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
