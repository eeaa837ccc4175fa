"""How a worker talks, as in protocol.ts: JSON objects, one per line, on standard input and output."""

import json
import os
import sys
import time

GROUP_SECONDS = 2e-4
SLOW_CALL = 0.3
LONGEST_VISIT = 8.0


def measure(run, milliseconds):
    """Calls in groups, each timed; the median over groups."""

    def timed(count):
        start = time.perf_counter()
        for _ in range(count):
            run()
        return (time.perf_counter() - start) / count

    one = timed(1)
    if one < SLOW_CALL:
        one = timed(2)
    group = max(1, int(GROUP_SECONDS / max(one, 1e-9)))
    fewest = 3 if one < SLOW_CALL else 2
    groups = []
    start = time.perf_counter()
    while True:
        groups.append(timed(group))
        elapsed = time.perf_counter() - start
        if elapsed > LONGEST_VISIT or (elapsed * 1e3 >= milliseconds and len(groups) >= fewest):
            break
    groups.sort()
    count = len(groups)
    median = (groups[(count - 1) // 2] + groups[count // 2]) / 2
    return {"median": median * 1e6, "repetitions": count * group}


def peak_memory():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def serve(ready, prepare):
    """prepare(cell, operation, inputs, hidden, steps, batch) gives a function to time, or None."""
    # What libraries print goes to standard error.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer):
        out.write(json.dumps(answer) + "\n")
        out.flush()

    say({"ready": ready})
    key, run = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "memory":
                say({"bytes": peak_memory()})
                continue
            if request["do"] != "case":
                say({"skip": "not offered"})
                continue
            wanted = request["case"]
            if wanted != key:
                key, run = wanted, None
                names = ("cell", "operation", "inputs", "hidden", "steps", "batch")
                run = prepare(*(wanted[name] for name in names))
                if run is not None:
                    measure(run, request["warmUp"])
            say({"skip": "not offered"} if run is None else measure(run, request["milliseconds"]))
        except Exception as error:
            say({"skip": repr(error)[:200]})
