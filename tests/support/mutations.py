"""Edits that editors, platforms and students make to a notebook: a name, a function, what is said.

Each takes a notebook as it would be handed in, all right, and changes it in place, or returns the
bytes of the file. It declares the kinds of change that must be named, and what it costs: nothing,
unless it says so.
"""

import copy
import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from support.road import FRIEND, STUDENT, WHY


@dataclass(frozen=True)
class Mutation:
    """One edit."""

    name: str
    edit: Callable
    named: frozenset[str]
    """Kinds of `Change` that must be told."""
    costs: bool
    """Whether it may cost points, at the check as in the grade."""
    essays: dict[str, str]
    """grade_id of a written answer -> what must reach the person who marks."""


MUTATIONS: list[Mutation] = []
FULL = {"why": WHY, "friend": FRIEND}
BLANK = "{}_answer = None\n# 在这里写代码 / YOUR CODE HERE\npass"
"""A solution cell as it is handed out."""


def mutation(*named: str, costs: bool = False, essays: dict | None = None):
    """Enter a function into the table."""

    def enter(edit):
        essay = FULL | (essays or {})
        MUTATIONS.append(Mutation(edit.__name__, edit, frozenset(named), costs, essay))
        return edit

    return enter


def mark(cell) -> str | None:
    """Return a cell's grade_id."""
    marks = cell["metadata"].get("nbgrader") if isinstance(cell["metadata"], dict) else None
    return marks.get("grade_id") if isinstance(marks, dict) else None


def at(nb, grade_id) -> int:
    """Return where a cell stands."""
    return next(i for i, cell in enumerate(nb["cells"]) if grade_id in (mark(cell), cell.get("id")))


def get(nb, grade_id) -> dict:
    """Return a cell."""
    return nb["cells"][at(nb, grade_id)]


def code(source, **rest) -> dict:
    """Return a new code cell."""
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    return cell | {"execution_count": None} | rest


def text(source, **rest) -> dict:
    """Return a new Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source} | rest


def source_of(cell) -> str:
    """Return a cell's source as one text."""
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def drop(nb, *names) -> None:
    """Delete cells."""
    nb["cells"] = [c for c in nb["cells"] if mark(c) not in names and c.get("id") not in names]


def merge(nb, first, second, keep) -> None:
    """Merge two cells, as an editor does; the new one has the metadata of `keep`."""
    one, other = get(nb, first), get(nb, second)
    kept = copy.deepcopy(get(nb, keep))
    kept["source"] = source_of(one) + "\n\n" + source_of(other)
    nb["cells"][at(nb, first)] = kept
    del nb["cells"][next(i for i, c in enumerate(nb["cells"]) if c is other)]


def essay_below(nb, cell: dict) -> None:
    """Leave the essay's own cell blank and put a cell with it below."""
    get(nb, "why")["source"] = STUB
    nb["cells"].insert(at(nb, "why") + 1, cell)


def strip(nb) -> None:
    """Take all metadata and ids away."""
    nb["metadata"] = {}
    for cell in nb["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def new_ids(nb) -> None:
    """Give every cell another id."""
    for i, cell in enumerate(nb["cells"]):
        cell["id"] = f"{i * 2654435761 % 2**32:08x}"


# --- what editors and platforms do --------------------------------------------------------------


@mutation()
def untouched(nb):
    pass


@mutation()
def outputs_kept(nb):
    for i, cell in enumerate(nb["cells"]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = i
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1.0\n"}]


@mutation()
def outputs_stripped_by_nbstripout(nb):
    for cell in nb["cells"]:
        cell.pop("execution_count", None)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        for key in ("collapsed", "scrolled", "ExecuteTime"):
            cell["metadata"].pop(key, None)


@mutation()
def ids_regenerated(nb):
    new_ids(nb)


@mutation()
def ids_all_the_same(nb):
    for cell in nb["cells"]:
        cell["id"] = "same"


@mutation()
def ids_taken_away_by_nbformat_4_4(nb):
    nb["nbformat_minor"] = 4
    for cell in nb["cells"]:
        cell.pop("id", None)


@mutation()
def sources_as_lists(nb):
    for cell in nb["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


@mutation()
def nbformat_4_0(nb):
    nb["nbformat_minor"] = 0
    for cell in nb["cells"]:
        cell.pop("id", None)
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["metadata"]["collapsed"] = False


@mutation()
def windows_line_ends(nb):
    for cell in nb["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


@mutation()
def old_mac_line_ends_in_locked_cells(nb):
    for name in ("start", "pick_check"):
        get(nb, name)["source"] = get(nb, name)["source"].replace("\n", "\r")


@mutation()
def trailing_blanks_and_empty_lines(nb):
    for cell in nb["cells"]:
        cell["source"] = "\n" + cell["source"].replace("\n", "  \n") + "   \n\n"


@mutation()
def trailing_newlines(nb):
    for cell in nb["cells"]:
        cell["source"] += "\n"


@mutation()
def tabs_for_spaces(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = cell["source"].replace("    ", "\t")


@mutation()
def a_byte_order_mark(nb):
    return b"\xef\xbb\xbf" + json.dumps(nb).encode()


@mutation()
def escaped_as_ascii_with_crlf(nb):
    return json.dumps(nb, ensure_ascii=True, indent=1).replace("\n", "\r\n").encode()


@mutation()
def a_byte_order_mark_in_each_cell(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = "\ufeff" + cell["source"]


@mutation()
def saved_by_vs_code(nb):
    nb["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    for cell in nb["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}


@mutation()
def opened_in_colab(nb):
    new_ids(nb)
    nb["nbformat_minor"] = 0
    nb["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    for cell in nb["cells"]:
        cell["metadata"] = {**cell["metadata"], "id": cell.pop("id")}
    badge = '<a href="https://colab.research.google.com/x"><img src="https://x/b.svg"/></a>'
    nb["cells"].insert(0, text(badge, metadata={"id": "view-in-github", "colab_type": "text"}))


@mutation("recognised")
def opened_in_colab_that_keeps_no_marks(nb):
    opened_in_colab(nb)
    for cell in nb["cells"]:
        cell["metadata"] = {"id": cell["metadata"]["id"], "outputId": "x"}


@mutation("recognised")
def opened_in_deepnote(nb):
    strip(nb)
    for i, cell in enumerate(nb["cells"]):
        cell["metadata"] = {"cell_id": f"{i:032x}", "deepnote_cell_type": cell["cell_type"]}
    nb["metadata"] = {"deepnote": {}, "deepnote_notebook_id": "x"}
    footer = "<a style='color:x' href='https://deepnote.com'>\nCreated in <span>Deepnote</span></a>"
    nb["cells"].append(text(footer, metadata={"tags": [], "deepnote_cell_type": "markdown"}))


@mutation("recognised")
def opened_in_kaggle(nb):
    strip(nb)
    nb["metadata"] = {"kaggle": {"accelerator": "none"}, "kernelspec": {"name": "python3"}}
    for cell in nb["cells"]:
        cell["metadata"] = {"trusted": True, "_uuid": "8f2839f25d086af736a60e9eeb907d3b93b6e0e5"}


@mutation()
def a_round_trip_through_jupytext(nb):
    new_ids(nb)  # the percent format keeps metadata of cells, but no ids and little of the rest
    nb["metadata"] = {"jupytext": {"formats": "ipynb,py:percent"}, "kernelspec": {"name": "x"}}
    for cell in nb["cells"]:
        cell["source"] = cell["source"].strip("\n")


@mutation("recognised")
def a_round_trip_through_jupytext_without_metadata(nb):
    a_round_trip_through_jupytext(nb)
    for cell in nb["cells"]:  # `cell_metadata_filter: -all`, or a script made by hand
        cell["metadata"] = {}


@mutation("recognised")
def a_round_trip_through_a_script(nb):
    a_round_trip_through_jupytext_without_metadata(nb)
    cells = []
    for cell in nb["cells"]:  # neighbours in Markdown become one
        if cells and cell["cell_type"] == "markdown" == cells[-1]["cell_type"]:
            cells[-1]["source"] += "\n\n" + cell["source"]
        else:
            cells.append(cell)
    nb["cells"] = cells


@mutation()
def converted_by_nbconvert(nb):
    import nbformat
    from nbconvert import NotebookExporter

    return NotebookExporter().from_notebook_node(nbformat.from_dict(nb))[0].encode()


@mutation("recognised")
def all_metadata_stripped(nb):
    strip(nb)


@mutation("recognised")
def marks_stripped_and_ids_anew(nb):
    strip(nb)
    new_ids(nb)


@mutation()
def notebook_metadata_lost(nb):
    nb["metadata"] = {}


@mutation()
def marks_lost_but_not_ids(nb):
    for cell in nb["cells"]:
        cell["metadata"] = {}


@mutation()
def metadata_that_are_no_table(nb):
    for cell in nb["cells"]:
        cell["metadata"] = [1]


@mutation()
def another_kernel(nb):
    nb["metadata"]["kernelspec"] = {"name": "conda-env-x", "display_name": "x", "language": "R"}


@mutation()
def tags_and_slides(nb):
    for cell in nb["cells"]:
        cell["metadata"] |= {"tags": ["hide"], "slideshow": {"slide_type": "skip"}}


@mutation("skipped")
def a_tag_that_skips_the_check(nb):
    get(nb, "pick_check")["metadata"]["tags"] = ["skip-execution"]


@mutation("skipped")
def a_tag_that_skips_everything(nb):
    for cell in nb["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]


@mutation()
def points_and_flags_edited(nb):
    get(nb, "pick_check")["metadata"]["nbgrader"] |= {"points": 300, "solution": True}
    get(nb, "pick_check")["metadata"]["nbgrader"] |= {"locked": False, "schema_version": 1}


@mutation("recognised")
def marks_of_two_checks_swapped(nb):
    one, other = get(nb, "pick_check"), get(nb, "last_check")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]
    one["id"], other["id"] = other["id"], one["id"]


@mutation()
def the_other_language_chosen(nb):
    get(nb, "student")["source"] = f'student = "{STUDENT}"\nlanguage = "zh"'


@mutation()
def a_language_that_does_not_exist(nb):
    get(nb, "student")["source"] = f'student = "{STUDENT}"\nlanguage = "french"'


@mutation()
def the_id_as_a_number(nb):
    get(nb, "student")["source"] = f"student = {STUDENT}"


@mutation("id_read")
def the_id_with_blanks_and_full_width(nb):
    get(nb, "student")["source"] = 'student = "  ２０２６００１ "'


@mutation()
def the_id_cell_moved_into_the_import_cell(nb):
    source = get(nb, "student")["source"]
    drop(nb, "student")
    nb["cells"].insert(0, code(f"import math\n{source}"))


# --- check cells ----------------------------------------------------------------------------


@mutation("moved")
def an_answer_typed_into_the_call(nb):
    get(nb, "claim")["source"] = "claim_answer = None"
    get(nb, "claim_check")["source"] = 'check("road.claim", [[1.0]])'


@mutation("moved")
def every_answer_typed_into_the_call(nb):
    for name in ("pick", "claim", "last"):
        get(nb, name)["source"] = f"{name}_answer = None"
        get(nb, f"{name}_check")["source"] = f'check("road.{name}", [[1.0]])'


@mutation("moved")
def an_answer_typed_above_the_call(nb):
    get(nb, "pick")["source"] = "pick_answer = None"
    get(nb, "pick_check")["source"] = 'pick_answer = [[1.0]]\ncheck("road.pick", pick_answer)'


@mutation("moved")
def an_answer_on_the_line_of_the_call(nb):
    get(nb, "pick")["source"] = ""
    get(nb, "pick_check")["source"] = 'pick_answer = [[1.0]]; check("road.pick", pick_answer)'


@mutation("moved")
def an_answer_given_by_keyword(nb):
    get(nb, "pick")["source"] = ""
    get(nb, "pick_check")["source"] = 'check("road.pick", answer=[[1.0]])'


@mutation("moved")
def a_renamed_answer_in_cell_and_call(nb):
    get(nb, "last")["source"] = "my_last = [[1.0]]"
    get(nb, "last_check")["source"] = 'check("road.last", my_last)'


@mutation("moved")
def a_function_given_as_lambda(nb):
    get(nb, "soft")["source"] = "up = lambda s: np.exp(s - s.max(-1, keepdims=True))"
    source = 'check("road.soft", lambda s: up(s) / up(s).sum(-1, keepdims=True))'
    get(nb, "soft_check")["source"] = source


@mutation("moved")
def solution_merged_into_the_check(nb):
    merge(nb, "pick", "pick_check", keep="pick_check")


@mutation("moved")
def every_solution_merged_into_its_check(nb):
    for name in ("pick", "soft", "claim", "last"):
        merge(nb, name, f"{name}_check", keep=f"{name}_check")


@mutation("split")
def check_merged_into_the_solution(nb):
    merge(nb, "pick", "pick_check", keep="pick")


@mutation("split")
def every_check_merged_into_its_solution(nb):
    for name in ("pick", "soft", "claim", "last"):
        merge(nb, name, f"{name}_check", keep=name)


@mutation("moved", "recognised")
def merged_and_all_metadata_stripped(nb):
    for name in ("pick", "soft", "claim", "last"):
        merge(nb, name, f"{name}_check", keep=name)
    strip(nb)


@mutation("split", "moved")
def a_check_merged_with_the_next_question(nb):
    merge(nb, "claim_check", "last", keep="claim_check")
    merge(nb, "claim_check", "last_check", keep="claim_check")


@mutation("split")
def all_code_merged_into_one_cell(nb):
    names = ["pick", "pick_check", "soft", "soft_check", "claim", "claim_check", "last"]
    merged = "\n\n".join(source_of(get(nb, n)) for n in [*names, "last_check"])
    get(nb, "pick")["source"] = merged
    drop(nb, *names[1:], "last_check")


@mutation("missing")
def a_check_deleted(nb):
    drop(nb, "claim_check")


@mutation("missing")
def all_checks_deleted(nb):
    drop(nb, "pick_check", "soft_check", "claim_check", "last_check")


@mutation("missing", "recognised")
def all_checks_deleted_and_all_metadata_stripped(nb):
    drop(nb, "pick_check", "soft_check", "claim_check", "last_check")
    strip(nb)


@mutation("missing")
def checks_deleted_and_answers_in_new_cells(nb):
    for name in ("pick", "claim"):
        source = get(nb, name)["source"]
        get(nb, name)["source"] = f"{name}_answer = None"
        nb["cells"].insert(at(nb, name) + 1, code(source))
    drop(nb, "pick_check", "claim_check")


@mutation("emptied")
def a_check_emptied(nb):
    get(nb, "pick_check")["source"] = ""


@mutation("restored")
def a_check_commented_out(nb):
    get(nb, "pick_check")["source"] = '# check("road.pick", pick_answer)'


@mutation("copy")
def a_check_copied(nb):
    nb["cells"].insert(at(nb, "pick_check") + 1, copy.deepcopy(get(nb, "pick_check")))


@mutation("copy")
def every_cell_doubled(nb):
    nb["cells"] = [copy.deepcopy(c) for cell in nb["cells"] for c in (cell, cell)]


@mutation()
def a_check_copied_without_its_mark(nb):
    nb["cells"].insert(at(nb, "soft_check"), code(get(nb, "pick_check")["source"]))


@mutation("moved")
def a_print_in_a_check(nb):
    get(nb, "pick_check")["source"] = (
        'print(pick_answer)\ncheck("road.pick", pick_answer)\nprint(1)'
    )


@mutation("moved")
def a_magic_in_a_check(nb):
    get(nb, "pick_check")["source"] = '%time 1\ncheck("road.pick", pick_answer)'


@mutation("restored")
def a_cell_magic_above_a_check(nb):
    get(nb, "pick_check")["source"] = '%%time\ncheck("road.pick", pick_answer)'


@mutation("moved")
def a_check_with_full_width_punctuation(nb):
    get(nb, "pick")["source"] = ""
    get(nb, "pick_check")["source"] = "pick_answer = [[1.0]]\ncheck（“road.pick”，pick_answer）"


@mutation("moved")
def a_question_id_with_a_slip(nb):
    get(nb, "pick_check")["source"] = 'check("road.pik", pick_answer)'


@mutation("retyped")
def a_check_turned_into_markdown(nb):
    get(nb, "pick_check")["cell_type"] = "markdown"


@mutation("retyped")
def a_check_turned_into_raw(nb):
    get(nb, "pick_check")["cell_type"] = "raw"


@mutation("moved")
def a_loop_of_checks(nb):
    get(nb, "pick_check")["source"] = (
        'for a in ([[0.5]], [[1.0]]):\n    check("road.pick", a)\npick_answer = a'
    )


@mutation("moved")
def several_answers_typed_into_one_check(nb):
    get(nb, "pick_check")["source"] = 'check("road.pick", [[0.5]])\ncheck("road.pick", [[1.0]])'


@mutation("moved")
def a_check_of_another_question_in_a_check(nb):
    get(nb, "pick_check")["source"] = (
        'check("road.last", [[0.5]])\ncheck("road.pick", pick_answer)\ncheck("road.claim", [[0.5]])'
    )


@mutation("moved", costs=True)
def a_wrong_answer_typed_into_the_call(nb):
    get(nb, "claim_check")["source"] = 'check("road.claim", [[0.5]])'


# --- solution cells -------------------------------------------------------------------------


@mutation("retyped")
def a_solution_turned_into_markdown(nb):
    get(nb, "pick")["cell_type"] = "markdown"


@mutation("retyped")
def every_solution_turned_into_raw(nb):
    for name in ("pick", "soft", "claim", "last"):
        get(nb, name)["cell_type"] = "raw"


@mutation("retyped", "recognised")
def a_solution_turned_into_markdown_without_marks(nb):
    get(nb, "pick")["cell_type"] = "markdown"
    strip(nb)


@mutation()
def a_solution_split_in_two(nb):
    lines = get(nb, "soft")["source"].split("\n")
    get(nb, "soft")["source"] = "shift = True"
    nb["cells"].insert(at(nb, "soft") + 1, code("\n".join(lines)))


@mutation("copy")
def a_solution_split_by_the_editor(nb):
    first = copy.deepcopy(get(nb, "pick"))
    first["source"] = "half = 1"
    nb["cells"].insert(at(nb, "pick"), first)


@mutation("copy")
def a_solution_doubled(nb):
    nb["cells"].insert(at(nb, "pick"), copy.deepcopy(get(nb, "pick")))


@mutation()
def a_solution_deleted_and_written_anew(nb):
    nb["cells"].insert(at(nb, "pick"), code(get(nb, "pick")["source"]))
    drop(nb, "pick")


@mutation(costs=True)
def a_solution_deleted(nb):
    drop(nb, "pick")


@mutation()
def answers_all_in_the_first_solution(nb):
    joined = "\n".join(get(nb, n)["source"] for n in ("pick", "claim", "last"))
    get(nb, "pick")["source"] = joined
    for name in ("claim", "last"):
        drop(nb, name)


@mutation()
def extra_cells_between_all(nb):
    cells = []
    for cell in nb["cells"]:
        cells += [cell, code("scratch = 1"), code("")]
    nb["cells"] = cells


@mutation()
def empty_cells_at_the_end(nb):
    nb["cells"] += [code(""), text(""), code("\n")]


@mutation()
def magics_and_shell_lines(nb):
    nb["cells"].insert(0, code("%matplotlib inline\n!echo hello"))
    get(nb, "pick")["source"] = "%time 1\n" + get(nb, "pick")["source"]


@mutation()
def raising_cells(nb):
    nb["cells"].insert(at(nb, "pick"), code("1 / 0"))
    nb["cells"].insert(at(nb, "soft"), code("this is no python"))


@mutation()
def questions_in_another_order(nb):
    cells = nb["cells"]
    moved = [cells.pop(at(nb, "pick")) for _ in range(1)] + [cells.pop(at(nb, "pick_check"))]
    place = at(nb, "last_check") + 1
    cells[place:place] = moved


@mutation(costs=True)
def a_check_above_its_solution(nb):
    cells = nb["cells"]
    cells.insert(at(nb, "pick"), cells.pop(at(nb, "pick_check")))


@mutation(costs=True)
def a_renamed_answer_that_the_check_does_not_know(nb):
    get(nb, "pick")["source"] = "my_pick = [[1.0]]"


@mutation(costs=True)
def a_solution_with_full_width_punctuation(nb):
    get(nb, "pick")["source"] = "pick_answer = “[[1.0]]”"


# --- the cell that starts -------------------------------------------------------------------


@mutation("moved")
def an_import_below_start(nb):
    get(nb, "start")["source"] += "\nimport math as m"
    get(nb, "pick")["source"] = "pick_answer = [[1.0]] if m.pi > 3 else None"


@mutation("moved")
def an_import_above_start(nb):
    get(nb, "start")["source"] = "import math as m\n" + get(nb, "start")["source"]
    get(nb, "pick")["source"] = "pick_answer = [[1.0]] if m.pi > 3 else None"


@mutation("moved")
def helpers_in_start(nb):
    get(nb, "start")["source"] += "\n\n\ndef choose():\n    # mine\n    return [[1.0]]"
    get(nb, "pick")["source"] = "pick_answer = choose()"


@mutation("restored")
def another_id_typed_into_start(nb):
    source = get(nb, "start")["source"]
    get(nb, "start")["source"] = source.replace('globals().get("student", "")', '"1999"')


@mutation("emptied")
def start_cut_short(nb):
    source = get(nb, "start")["source"]
    get(nb, "start")["source"] = source[source.index("session") :]


@mutation("missing")
def start_deleted(nb):
    drop(nb, "start")


@mutation("missing")
def data_deleted(nb):
    drop(nb, "notebook_data")


@mutation("missing")
def start_and_data_deleted(nb):
    drop(nb, "start", "notebook_data")


@mutation("copy")
def start_doubled(nb):
    nb["cells"].insert(at(nb, "start") + 1, copy.deepcopy(get(nb, "start")))


@mutation("copy")
def start_copied_to_the_end(nb):
    nb["cells"].append(copy.deepcopy(get(nb, "start")))


@mutation("retyped")
def start_turned_into_markdown(nb):
    get(nb, "start")["cell_type"] = "markdown"


@mutation("moved")
def pip_in_start(nb):
    get(nb, "start")["source"] = "!pip install x\n" + get(nb, "start")["source"]


@mutation("emptied")
def data_damaged(nb):
    cell = get(nb, "notebook_data")
    cell["source"] = cell["source"][:200] + '"'


@mutation("moved")
def the_id_typed_into_the_start_cell(nb):
    source = get(nb, "student")["source"]
    drop(nb, "student")
    get(nb, "start")["source"] = source + "\n" + get(nb, "start")["source"]


# --- written answers ------------------------------------------------------------------------

STUB = "（在这里写下你的回答 / YOUR ANSWER HERE）"


@mutation("found")
def an_essay_in_the_cell_below(nb):
    get(nb, "friend")["source"] = STUB
    nb["cells"].append(text(FRIEND))


@mutation("found")
def an_essay_in_the_cell_above(nb):
    get(nb, "friend")["source"] = STUB
    nb["cells"].insert(at(nb, "friend"), text(FRIEND))


@mutation("found")
def an_essay_in_the_questions_own_cell(nb):
    get(nb, "friend")["source"] = STUB
    nb["cells"][at(nb, "friend") - 1]["source"] += "\n\n" + FRIEND


@mutation("found")
def an_essay_as_comment(nb):
    get(nb, "friend")["source"] = STUB
    nb["cells"].append(code("# " + FRIEND))


@mutation("found")
def an_essay_as_text_in_code(nb):
    get(nb, "friend")["source"] = STUB
    nb["cells"].append(code(f'answer = """{FRIEND}"""\nprint(answer)'))


@mutation("found")
def an_essay_in_a_code_cell_as_it_is(nb):
    get(nb, "friend")["source"] = STUB
    nb["cells"].append(code(FRIEND))


@mutation("found")
def an_essay_in_a_raw_cell(nb):
    get(nb, "why")["source"] = STUB
    nb["cells"].insert(at(nb, "why"), {"cell_type": "raw", "metadata": {}, "source": WHY})


@mutation("recognised")
def an_essay_retyped_without_mark(nb):
    place = at(nb, "friend")
    drop(nb, "friend")
    nb["cells"].insert(place, text(FRIEND))


@mutation("missing")
def an_essay_deleted_and_written_as_comment(nb):
    drop(nb, "friend")
    nb["cells"].append(code("# " + FRIEND))


@mutation("retyped")
def an_essay_turned_into_code(nb):
    cell = get(nb, "friend")
    cell |= {"cell_type": "code", "outputs": [], "execution_count": None}


@mutation("retyped")
def an_essay_turned_into_raw(nb):
    get(nb, "friend")["cell_type"] = "raw"


@mutation("copy", "found")
def an_essay_split_in_two(nb):
    half = copy.deepcopy(get(nb, "friend"))
    half["source"] = "My answer has two parts."
    nb["cells"].insert(at(nb, "friend"), half)


@mutation("found", essays={"why": "Overflow"})
def an_essay_goes_on_below(nb):
    get(nb, "why")["source"] = "See below."
    nb["cells"].insert(at(nb, "why") + 1, text("Overflow, that is why."))


@mutation("found")
def an_essay_far_away(nb):
    get(nb, "why")["source"] = STUB
    nb["cells"].append(code("1"))
    nb["cells"].insert(1, text(WHY))


@mutation("copy")
def an_essay_doubled_and_one_left_empty(nb):
    again = copy.deepcopy(get(nb, "friend"))
    again["source"] = STUB
    nb["cells"].append(again)


@mutation("recognised")
def essays_without_any_metadata(nb):
    strip(nb)
    new_ids(nb)


@mutation("found")
def an_essay_in_the_check_above(nb):
    get(nb, "why")["source"] = STUB
    get(nb, "soft_check")["source"] += "\n# " + WHY


@mutation("found")
def an_essay_under_a_markdown_magic(nb):
    essay_below(nb, code("%%markdown\n" + WHY))


@mutation("found")
def an_essay_under_an_html_magic(nb):
    essay_below(nb, code(f"%%html\n<p>{WHY}</p>"))


@mutation("found")
def an_essay_given_to_echo(nb):
    essay_below(nb, code("!echo " + WHY))


@mutation("found")
def an_essay_between_magics(nb):
    essay_below(nb, code("%matplotlib inline\n" + WHY))


@mutation("found")
def an_essay_as_comment_in_the_solution_above(nb):
    get(nb, "why")["source"] = STUB
    get(nb, "soft")["source"] += "\n# " + WHY


@mutation("found")
def an_essay_as_docstring_of_the_solution_above(nb):
    get(nb, "why")["source"] = STUB
    source = get(nb, "soft")["source"]
    get(nb, "soft")["source"] = source.replace(":\n", f":\n    '''{WHY}'''\n", 1)


@mutation("found")
def an_essay_as_comment_in_the_solution_below(nb):
    get(nb, "why")["source"] = STUB
    get(nb, "claim")["source"] = f"# {WHY}\n" + get(nb, "claim")["source"]


@mutation("elsewhere", essays={"why": WHY, "friend": "see the answer in cell"})
def both_essays_in_the_first_essay_cell(nb):
    get(nb, "why")["source"] = f"{WHY}\n\nAnd D: {FRIEND}"
    get(nb, "friend")["source"] = STUB


@mutation("elsewhere", essays={"why": "see the answer in cell", "friend": WHY})
def both_essays_in_the_last_essay_cell(nb):
    get(nb, "friend")["source"] = f"{WHY}\n\nAnd D: {FRIEND}"
    get(nb, "why")["source"] = STUB


@mutation("found")
def an_essay_as_html_comment_below(nb):
    essay_below(nb, text(f"<!-- {WHY} -->"))


@mutation("found", essays={"why": "overflows"})
def an_essay_full_of_lower_than(nb):
    get(nb, "why")["source"] = STUB
    said = "<exp(x) overflows if x is large, so we shift: x-max(x)<=0>"
    nb["cells"].insert(at(nb, "why") + 1, text(said))


@mutation("found", essays={"why": "overflow"})
def an_essay_of_one_word_as_comment(nb):
    essay_below(nb, code("# overflow"))


@mutation("moved", "found")
def an_essay_as_a_text_in_start(nb):
    get(nb, "why")["source"] = STUB
    get(nb, "start")["source"] += f'\nwhy = "{WHY}"'


@mutation()
def a_handed_out_text_wrapped_anew(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "markdown" and mark(cell) is None:
            lines = cell["source"].split("\n")
            cell["source"] = "\n".join(textwrap.fill(line, 20) for line in lines)


# --- the id as the notebook reads it --------------------------------------------------------

ID_FORMS = {
    "annotated": 'student: str = "{}"',
    "by_tuple": 'student, language = "{}", "en"',
    "chained": 'my_id = student = "{}"',
    "in_triple_quotes": 'student = """{}"""',
    "by_walrus": 'print(student := "{}")',
    "in_if": 'if True:\n    student = "{}"',
    "behind_a_semicolon": 'language = "en"; student = "{}"',
    "over_lines": 'student = (\n    "{}"\n)',
}
for _name, _form in ID_FORMS.items():

    def _edit(nb, form=_form):
        get(nb, "student")["source"] = form.format(STUDENT)

    _edit.__name__ = f"the_id_{_name}"
    mutation()(_edit)


@mutation("id_read")
def the_id_with_signs_that_nobody_sees(nb):
    get(nb, "student")["source"] = 'student = "\u202d2026\u00a0001\u200b"'


@mutation("no_id")
def the_id_above_a_cell_that_is_left_empty(nb):
    get(nb, "student")["source"] = 'student = ""'
    nb["cells"].insert(at(nb, "student"), code(f'student = "{STUDENT}"'))


@mutation("no_id")
def the_id_below_start(nb):
    cell = get(nb, "student")
    nb["cells"].remove(cell)
    nb["cells"].insert(at(nb, "start") + 1, cell)


@mutation("no_id")
def the_id_in_full_width_quotes(nb):
    get(nb, "student")["source"] = f"student = “{STUDENT}”"


@mutation("no_id")
def the_id_without_quotes_and_a_zero_first(nb):
    get(nb, "student")["source"] = "student = 02026001"


@mutation("no_id")
def the_id_with_a_quote_missing(nb):
    get(nb, "student")["source"] = f'student = "{STUDENT}\nlanguage = "en"'


@mutation("no_id")
def the_id_in_a_comment(nb):
    get(nb, "student")["source"] = f'# student = "{STUDENT}"\nstudent = ""'


# --- cells in another order ------------------------------------------------------------------


@mutation("reordered")
def start_moved_to_the_end(nb):
    cell = get(nb, "start")
    nb["cells"].remove(cell)
    nb["cells"].append(cell)


@mutation("reordered")
def start_moved_above_the_id(nb):
    cell = get(nb, "start")
    nb["cells"].remove(cell)
    nb["cells"].insert(at(nb, "student"), cell)


@mutation("reordered")
def data_moved_below_start(nb):
    cell = get(nb, "notebook_data")
    nb["cells"].remove(cell)
    nb["cells"].insert(at(nb, "start") + 1, cell)


@mutation("reordered")
def data_moved_to_the_end(nb):
    cell = get(nb, "notebook_data")
    nb["cells"].remove(cell)
    nb["cells"].append(cell)


@mutation("missing")
def start_and_data_deleted_and_the_id_by_tuple(nb):
    get(nb, "student")["source"] = f'student, language = "{STUDENT}", "en"'
    drop(nb, "start", "notebook_data")


def _blank(nb):
    again = copy.deepcopy(nb)
    for name in ("pick", "claim", "last"):
        get(again, name)["source"] = BLANK.format(name)
    get(again, "soft")["source"] = (
        'def soft(scores):\n    """Return each row as weights."""\n'
        "    # 在这里写代码 / YOUR CODE HERE\n    pass"
    )
    for name in ("why", "friend"):
        get(again, name)["source"] = STUB
    return again["cells"]


@mutation("copy", "blank_copy")
def a_blank_notebook_pasted_behind(nb):
    nb["cells"] += _blank(nb)


@mutation("copy")
def a_blank_notebook_pasted_before(nb):
    nb["cells"] = _blank(nb) + nb["cells"]


# --- answers in a call of check that is not alone --------------------------------------------

CALLS = {
    "kept_in_a_name": 'ok = check("road.claim", [[1.0]])',
    "inside_print": 'print(check("road.claim", [[1.0]]))',
    "inside_if": 'if True:\n    check("road.claim", [[1.0]])',
    "inside_try": 'try:\n    check("road.claim", [[1.0]])\nexcept OSError:\n    pass',
    "inside_a_function": (
        'def show():\n    claim_answer = [[1.0]]\n    check("road.claim", claim_answer)\nshow()'
    ),
    "inside_a_lambda": '(lambda a: check("road.claim", a))([[1.0]])',
    "all_by_keywords": 'check(question_id="road.claim", answer=[[1.0]])',
    "by_a_variable": 'q = "road.claim"\ncheck(q, [[1.0]])',
    "by_an_f_string": 'check(f"road.claim", [[1.0]])',
    "with_a_star": 'check("road.claim", *[[[1.0]]])',
    "behind_a_line_magic": '%time check("road.claim", [[1.0]])',
    "under_a_cell_magic": '%%time\ncheck("road.claim", [[1.0]])',
    "with_a_no_break_space": 'check("road.claim",\u00a0[[1.0]])',
    "with_a_zero_width_space": 'check("road.claim", [[1.0]])\u200b',
}
for _name, _form in CALLS.items():

    def _edit(nb, form=_form):
        get(nb, "claim")["source"] = BLANK.format("claim")
        get(nb, "claim_check")["source"] = form

    _edit.__name__ = f"an_answer_in_a_call_{_name}"
    mutation("moved")(_edit)


@mutation("unclear", costs=True)
def an_answer_in_a_call_that_is_not_closed(nb):
    get(nb, "claim")["source"] = BLANK.format("claim")
    get(nb, "claim_check")["source"] = 'check("road.claim", [[1.0]]'


@mutation("moved", "unclear", costs=True)
def an_answer_in_a_call_whose_question_is_worked_out(nb):
    get(nb, "claim")["source"] = BLANK.format("claim")
    get(nb, "claim_check")["source"] = 'check("road." + "claim", [[1.0]])'


@mutation("moved")
def a_helper_that_calls_check(nb):
    get(nb, "claim_check")["source"] = (
        'def show(q, a):\n    return check(q, a)\nshow("road.claim", claim_answer)'
    )


@mutation("taken", "missing")
def an_answer_in_a_call_in_the_solution_and_the_check_deleted(nb):
    get(nb, "claim")["source"] = 'ok = check("road.claim", [[1.0]])'
    drop(nb, "claim_check")


# --- answers set in other forms, their check deleted ------------------------------------------

FORMS = {
    "in_if": "if True:\n    claim_answer = [[1.0]]",
    "by_for": "for claim_answer in [[[1.0]]]:\n    pass",
    "in_with": "with open('/dev/null') as f:\n    claim_answer = [[1.0]]",
    "in_try": "try:\n    claim_answer = [[1.0]]\nexcept OSError:\n    pass",
    "chained": "a = claim_answer = [[1.0]]",
    "by_tuple": "claim_answer, z = [[1.0]], 1",
    "by_walrus": "print(claim_answer := [[1.0]])",
    "behind_a_semicolon": "x = 1; claim_answer = [[1.0]]",
    "by_globals": "globals()['claim_answer'] = [[1.0]]",
    "by_global": "def fill():\n    global claim_answer\n    claim_answer = [[1.0]]\nfill()",
}
for _name, _form in FORMS.items():

    def _edit(nb, form=_form):
        get(nb, "claim")["source"] = BLANK.format("claim")
        drop(nb, "claim_check")
        nb["cells"].insert(at(nb, "claim") + 1, code(form))

    _edit.__name__ = f"an_answer_below_{_name}"
    mutation("missing")(_edit)

    def _edit(nb, form=_form):
        get(nb, "claim")["source"] = form
        drop(nb, "claim_check")
        strip(nb)

    _edit.__name__ = f"an_answer_without_marks_{_name}"
    mutation("missing", "recognised")(_edit)


@mutation("missing")
def answers_by_tuple_at_the_end(nb):
    for name in ("pick", "claim", "last"):
        get(nb, name)["source"] = BLANK.format(name)
    drop(nb, "pick_check", "claim_check", "last_check")
    nb["cells"].append(code("pick_answer, claim_answer, last_answer = [[[1.0]]] * 3"))


@mutation("missing")
def checks_deleted_and_a_shell_cell_that_names_a_question(nb):
    drop(nb, "pick_check", "soft_check", "claim_check", "last_check")
    nb["cells"].insert(at(nb, "pick"), code('%%bash\n# road.pick and check("road.pick")'))


@mutation("split")
def checks_merged_and_one_cell_of_many_statements(nb):
    for name in ("pick", "soft", "claim", "last"):
        merge(nb, name, f"{name}_check", keep=name)
    lines = "\n".join(f"x{i} = {i}" for i in range(600))
    get(nb, "pick")["source"] = f"{lines}\n" + get(nb, "pick")["source"]


@mutation("split", costs=True)
def checks_merged_and_a_syntax_error_in_the_first(nb):
    for name in ("pick", "soft", "claim", "last"):
        merge(nb, name, f"{name}_check", keep=name)
    get(nb, "pick")["source"] += "\nprint 'x'"


# --- code that became text ---------------------------------------------------------------------


@mutation("retyped")
def a_solution_turned_into_markdown_with_a_fence(nb):
    cell = get(nb, "claim")
    cell |= {"cell_type": "markdown", "source": f"```python\n{cell['source']}\n```"}


@mutation("retyped", "moved")
def a_check_turned_into_markdown_with_a_fence_and_the_answer(nb):
    get(nb, "claim")["source"] = BLANK.format("claim")
    cell = get(nb, "claim_check")
    source = f"```python\nclaim_answer = [[1.0]]\n{cell['source']}\n```"
    cell |= {"cell_type": "markdown", "source": source}


@mutation("retyped", "unclear", costs=True)
def a_solution_turned_into_words(nb):
    get(nb, "claim")["cell_type"] = "markdown"
    get(nb, "claim")["source"] = "**My answer:**\n\nclaim_answer = [[1.0]]"


@mutation("unclear", costs=True)
def an_answer_in_a_raw_cell_beside_the_blank_one(nb):
    get(nb, "claim")["source"] = BLANK.format("claim")
    raw = {"cell_type": "raw", "metadata": {}, "source": "claim_answer = [[1.0]]"}
    nb["cells"].insert(at(nb, "claim") + 1, raw)


@mutation("reformatted")
def start_laid_out_anew(nb):
    source = get(nb, "start")["source"]
    wrapped = 'globals().get(\n        "student",\n        "",\n    )'
    get(nb, "start")["source"] = source.replace('globals().get("student", "")', wrapped)


@mutation("foreign")
def a_cell_of_a_type_that_is_unknown(nb):
    nb["cells"].append({"cell_type": "sql", "metadata": {}, "source": "select 1"})


@mutation()
def saved_as_utf_16(nb):
    return json.dumps(nb, ensure_ascii=False).encode("utf-16")


@mutation()
def saved_as_gb_18030(nb):
    return json.dumps(nb, ensure_ascii=False).encode("gb18030")


@mutation()
def signs_behind_the_end(nb):
    return json.dumps(nb).encode() + b"\x1a\0\0"


@mutation()
def saved_as_version_3(nb):
    for cell in nb["cells"]:
        cell.pop("id", None)
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    sheet = {"cells": nb["cells"]}
    return json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [sheet]}).encode()


@mutation()
def a_number_and_a_source_as_other_tools_write_them(nb):
    nb["nbformat"] = 4.0
    nb["cells"].append(code(None))


BY_NAME = {one.name: one for one in MUTATIONS}
assert len(BY_NAME) == len(MUTATIONS)
assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in BY_NAME)
