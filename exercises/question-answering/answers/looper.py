# about = """
# Tries every head, every pair of places and every option through `check`, copies a context, and
# hands in 0 for every number. What it finds by trying counts; the numbers do not."""
# [points]
# marked = 1
# looks = 1
# cut = 0
# own = 2
# claim = 0
# [hint]
# claim = "wrong_choice"

# %% grade_id="marked"
marked_answer = {"start": 14, "end": 15, "margin": 0}

# %% grade_id="looks"
looks_answer = {"layer": 5, "head": 0, "after": 0, "before": 0}

# %% grade_id="cut"
cut_answer = {"last": 0, "before": 0, "reverse": 0}

# %% grade_id="own"
own_answer = {
    "context": "The museum opens at nine on weekdays and at ten on Sundays. Its director is Paula.",
    "right_question": "Who is the director of the museum?",
    "right_answer": "Paula",
    "wrong_question": "When does the museum open on weekdays?",
    "wrong_answer": "nine",
    "model_answer": "",
}

# %% grade_id="claim"
claim_answer = "no_use"
