"""From what was measured to ratios, and to a table."""

from statistics import median

HEAD = """\
{machine}; load before the start: {load_before}

Seconds from the start of a command to its end, processor time of everything it started, and the
most memory that all of it held at once (MiB). "start" is what 40 submissions cost beyond 40 times
what one more costs. Of several runs of one kind the ratios take the median.

| who | workers | submissions | wall | CPU | memory | wall each | CPU each |
|---|---|---|---|---|---|---|---|
"""


def of(runs: list[dict], who: str, submissions: int, workers: int) -> dict | None:
    """Return the runs that are asked for as one: the median of each quantity."""
    wanted = (who, submissions, workers)
    found = [ran for ran in runs if (ran["who"], ran["submissions"], ran["workers"]) == wanted]
    if not found:
        return None
    middle = {what: median(ran[what] for ran in found) for what in ("wall", "cpu", "memory")}
    return {**found[0], **middle}


def marginal(runs: list[dict], who: str, size: int, workers: int) -> dict | None:
    """Return what one more submission costs, and the start: from a class and one twice as large."""
    small, large = of(runs, who, size, workers), of(runs, who, 2 * size, workers)
    if not (small and large):
        return None
    each = {what: (large[what] - small[what]) / size for what in ("wall", "cpu")}
    start = {what: small[what] - size * each[what] for what in ("wall", "cpu")}
    return {
        "each": {what: round(value, 3) for what, value in each.items()},
        "start": {what: round(value, 2) for what, value in start.items()},
    }


def summary(runs: list[dict], size: int, workers: int) -> dict:
    """Return the ratios, stock to ours, with what they were worked out from."""
    ours, stock = of(runs, "ours", size, workers), of(runs, "stock", size, 1)
    found: dict = {"submissions": size, "workers": workers, "marginal": {}}
    for who, count in (("ours", workers), ("ours, kernels alone", workers), ("stock", 1)):
        cost = marginal(runs, who, size, count)
        if cost:
            found["marginal"][who] = cost
    if not (ours and stock):
        return found
    each = {who: cost["each"]["cpu"] for who, cost in found["marginal"].items()}
    return found | {
        "throughput_ratio": round(stock["wall"] / ours["wall"], 2),
        "cpu_ratio": round(stock["cpu"] / ours["cpu"], 2),
        "marginal_cpu_ratio": round(each["stock"] / each["ours"], 2),
    }


def table(report: dict) -> str:
    """Return the report as Markdown."""
    lines = []
    for ran in report["runs"]:
        each = [f"{ran[what] / ran['submissions']:.2f}" for what in ("wall", "cpu")]
        cells = [ran["who"], ran["workers"], ran["submissions"], ran["wall"], ran["cpu"]]
        lines.append("| " + " | ".join(map(str, [*cells, ran["memory"], *each])) + " |\n")
    text = HEAD.format(**report) + "".join(lines) + "\n"
    for who, cost in report["marginal"].items():
        text += (
            f"- {who}: one more submission {cost['each']['cpu']} s CPU, {cost['each']['wall']} s "
            f"wall; start {cost['start']['cpu']} s CPU, {cost['start']['wall']} s wall\n"
        )
    if "throughput_ratio" in report:
        text += (
            f"- stock to ours: throughput x {report['throughput_ratio']}, "
            f"CPU 1/{report['cpu_ratio']}, marginal CPU 1/{report['marginal_cpu_ratio']}\n"
        )
    for piece, ms in report["pieces"].items():
        text += f"- {piece}: {ms} ms CPU\n"
    text += f"- rows that differ: {report['rows_differ']}\n"
    return text + "".join(f"- {note}\n" for note in report["notes"])
