"""`python -m portico.testing DEVICE`: tries a device and says what failed."""

import argparse
import sys

import portico as pt

from . import conformance
from ._conformance import LEVELS


def _parser():
    parser = argparse.ArgumentParser(prog="python -m portico.testing", description=__doc__)
    parser.add_argument("device", help="a device string, such as cpu")
    parser.add_argument("--level", choices=LEVELS, default="smoke", help="how much is tried")
    parser.add_argument("--dtypes", nargs="+", metavar="DTYPE", help="by default all")
    parser.add_argument("--only", metavar="TEXT", help="groups whose name contains this")
    parser.add_argument(
        "--isolate", action="store_true", help="in another process, which may crash"
    )
    parser.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="with --isolate: longer is hung"
    )
    parser.add_argument("--seconds", type=float, help="begin no group after so many")
    parser.add_argument(
        "--journal", metavar="FILE", help="keeps what each group gave; a run goes on from there"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, only the summary")
    parser.add_argument("--verbose", action="store_true", help="every failure, not the first 20")
    return parser


def _progress(group, done, total):
    end = "" if sys.stderr.isatty() else "\n"
    start = "\r\033[K" if sys.stderr.isatty() else ""
    print(f"{start}[{done + 1}/{total}] {group}", end=end, file=sys.stderr, flush=True)


def main(argv=None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        pt.device(arguments.device)
        report = conformance(
            arguments.device,
            dtypes=arguments.dtypes,
            level=arguments.level,
            only=arguments.only,
            isolate=arguments.isolate,
            timeout=arguments.timeout,
            seconds=arguments.seconds,
            journal=arguments.journal,
            progress=None if arguments.quiet else _progress,
        )
    except (pt.PorticoError, ValueError, OSError) as error:
        print(f"portico.testing: {error}", file=sys.stderr)
        return 2
    if not arguments.quiet and sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(report.text(None if arguments.verbose else 20))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
