# about = """
# Full marks another way: read off and typed."""
# [points]
# special = 1
# pieces = 1.5
# counts = 1.5
# merged = 2
# resting = 2
# own_word = 2

# %% grade_id="special"
special_answer = ["[SEP]", "[CLS]"]

# %% grade_id="pieces"
pieces_answer = ["op", "##ht", "##hal", "##mo", "##logist"]

# %% grade_id="counts"
counts_answer = {"tokens": 17, "pieces": 5}

# %% grade_id="merged"
merged_answer = {"to_rare": round(float(attention.between("she", "ophthalmologist")[3, 1]), 3)}

# %% grade_id="resting"
resting_answer = {
    "layer": 4,
    "head": 5,
    "delimiter": 0.918,
    "even": round(float(np.mean([1 / one.n_tokens for one in seen])), 3),
}

# %% grade_id="own_word"
own_word_answer = {
    "text": "The otorhinolaryngologist smiled at me.",
    "word": "otorhinolaryngologist",
    "pieces": ["ot", "##or", "##hin", "##olar", "##yn", "##gol", "##ogist"],
}

# %% [markdown] grade_id="first_place"
# 行的和必须是 1，L4H5 把 .918 放在标点和特殊词元上，只是歇在那里。
