"""Courses: the folder, the roster, notebooks built from exercises, and their release.

- ``folder``: course.toml, roster.csv, the secret, where things lie.
- ``notebooks``: exercises/<slug>/notebook.py to a notebook in each language.
- ``release``: the students' version, made by nbgrader's own converter.
- ``gradebook``: nbgrader's gradebook, opened; ``marks``: what stands in it.
- ``sample``: a class of made-up students from exercises/<slug>/answers/.
"""
