"""What a small model that writes does, measured: the figures of the course's second part.

    grader claims --lessons lessons         # computes all of it again, a few minutes
    python -m grader.decoder                # computes it and writes lessons/data/writer.json

==============  ==================================================================
``first_token`` the first token, at which most of the weight lies, and why
``copying``     previous-token heads, induction heads, and what stops without them
``answers``     the head that looks and matters, the head that looks and hinders
``one_way``     what a row of a one-way model can know; the telescope
``chinese``     what is left of it where a character is several tokens
``figures``     means, their intervals, the sentence sets
``findings``    all of it together, and whether it is still so
==============  ==================================================================

Heads are chosen on one half of the texts and reported on the other; each figure has a control.
All of it is about one file, SmolLM2-135M-Instruct in 4 bits, and about no other model.
"""
