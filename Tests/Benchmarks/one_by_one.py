"""one_by_one.py FILE COMMANDS: runs commands (JSON, a list of lists) one after the other; status and seconds of each go into FILE."""

import json
import subprocess
import sys
import time

outcomes = []
for command in json.loads(sys.argv[2]):
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    outcomes.append((done.returncode, time.monotonic() - began))
with open(sys.argv[1], "w") as file:
    json.dump(outcomes, file)
