"""``python -m grader.decoder``: compute the figures and write them beside the lessons."""

import sys

from grader.decoder.findings import figures, write

write(figures(lambda part: print(part, file=sys.stderr)))
