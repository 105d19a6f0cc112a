"""What every notebook says besides its exercise: how to begin."""

BEGIN = {
    "zh": (
        "**先做两件事：** 在下面的引号里写上你的学号；"
        "然后用 Shift+Enter 运行它和后面折叠着的两格准备。\n\n"
        "缺软件包，就运行 `%pip install {package}`，再重启内核。"
        "装好了还说没有 `grader`，是选错了内核：在右上角换成装了它的那一个（Python 3.11 以上）。"
    ),
    "en": (
        "**Two things first:** write your id between the quotes below; then run that cell and "
        "the two folded set-up cells after it with Shift+Enter.\n\n"
        "If the package is missing, run `%pip install {package}` and restart the kernel. If it is "
        "installed and `grader` is still not found, the kernel is the wrong one: choose the one "
        "that has it (Python 3.11 or newer) at the top right."
    ),
}
"""Between a notebook's title and the student's own cell; in Markdown."""
