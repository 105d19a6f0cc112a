# about = """
# Nothing was filled in."""
# [points]
# array = 0
# means = 0
# clear_head = 0
# verb_head = 0
# noun_head = 0
# own_sentences = 0
# claim = 0
# [outcome]
# array = "no answer"
# means = "no answer"
# clear_head = "no answer"
# verb_head = "no answer"
# noun_head = "no answer"
# own_sentences = "no answer"
# claim = "no answer"
