"""From what a kernel recorded to verdicts and graded notebooks."""
