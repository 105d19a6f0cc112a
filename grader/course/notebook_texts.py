"""What every notebook says besides its exercise: how to begin, and what to do before handing in."""

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

END = {
    "zh": (
        "## 交之前\n\n"
        "1. 重启内核，从头到尾运行一遍。JupyterLab：菜单 *Kernel* → *Restart Kernel and Run All "
        "Cells…*；VS Code：*Restart*，再 *Run All*。\n"
        "2. 每张卡片都看一眼：没通过的会写明原因。写字的题没有卡片，由老师批改。\n"
        "3. 保存。在终端里运行 `grader check {slug}.ipynb`，记下回执："
        "交上去的笔记本应有同一个回执。\n"
        "4. 交这个 `.ipynb` 文件本身，不要交 HTML 或 PDF。"
    ),
    "en": (
        "## Before you hand in\n\n"
        "1. Restart the kernel and run everything from top to bottom. JupyterLab: menu *Kernel*, "
        "*Restart Kernel and Run All Cells…*; VS Code: *Restart*, then *Run All*.\n"
        "2. Look at every card: one that fails says why. Questions answered in words have no card; "
        "a person marks them.\n"
        "3. Save. In a terminal, run `grader check {slug}.ipynb` and keep the receipt: what you "
        "hand in must have the same one.\n"
        "4. Hand in this `.ipynb` file itself, not an HTML page or a PDF."
    ),
}
"""Behind the last question; in Markdown."""
