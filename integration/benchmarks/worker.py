"""One framework in one process; told what to do by lines of JSON on standard input."""

import importlib
import json
import sys
import time


def blocks(run, clock, seconds):
    """The least time of one call, over blocks of calls that fill `seconds`."""
    best, end = float("inf"), clock() + seconds
    calls = 1
    while True:
        start = clock()
        for _ in range(calls):
            run()
        took = clock() - start
        if took < 1e-3:
            calls *= 4  # too short to time
            continue
        best = min(best, took / calls)
        if clock() > end:
            return best


def main():
    framework = sys.argv[1]
    T = importlib.import_module(framework)
    T.set_num_threads(1)
    from integration.benchmarks.cases import CASES

    run = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "prepare":
            prepare, _, _ = CASES[request["case"]]
            T.manual_seed(0)
            run = prepare(T)
            for _ in range(5):
                run()
            reply = {}
        else:
            before = dict(T.stats()) if hasattr(T, "stats") else {}
            reply = {"seconds": blocks(run, time.process_time, request["seconds"])}
            if before:
                reply["compiles"] = T.stats()["compiles"] - before["compiles"]
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
