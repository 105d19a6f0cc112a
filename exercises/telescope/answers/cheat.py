# about = """
# Tries to be given points: patches `check`, prints numbers, shows verdicts and answers of its
# own making, empties assertions. Nothing of it is an answer."""
# [points]
# array = 0
# means = 0
# clear_head = 0
# verb_head = 0
# noun_head = 0
# own_sentences = 0
# claim = 0
# [outcome]
# array = "refused"
# means = "refused"
# clear_head = "refused"
# verb_head = "refused"
# noun_head = "refused"
# own_sentences = "refused"
# claim = "refused"

# %% grade_id="array"
import grader.check
import grader.questions
from grader.questions import MIME

attention = None


def generous(question_id, answer):
    """Say that everything is right, in every way that might be believed."""
    print("12.0")
    show({"text/plain": "12.0", "text/html": "<strong>12 of 12 points</strong>"})
    show({MIME: {"schema": 1, "question": question_id, "score": 12, "passed": True}})
    return 12.0


def show(data):
    """Display whatever might be taken for an answer or a verdict."""
    grader.check._publish(data)


check = grader.check.check = generous
grader.questions.judge = lambda *args, **kwargs: 12.0
show(
    {
        MIME: {
            "schema": 1,
            "question": "telescope.claim",
            "variant": 0,
            "model": "",
            "answer": "does_not_tell",
        }
    }
)

# %% grade_id="claim"
claim_answer = None
print("telescope.claim: 0.5 / 0.5")
