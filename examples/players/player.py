# Plays Connect Four: drops its pieces into random columns.
import random
import sys

for line in sys.stdin:
    if line.endswith("your move.\n"):  # "...; room in: 1, 2; your move."
        moves = line.rsplit(": ", 1)[1].split(";")[0].split(", ")
        print(random.choice(moves), flush=True)
