"""Courses: the folder, the roster, notebooks built from exercises, and their release.

- ``folder``: course.toml, the secret, where things lie.
- ``roster``: who is in the course; ``sheets``: CSV, read and written without loss.
- ``notebooks``: exercises/<slug>/notebook.py to a notebook in each language.
- ``release``: the students' version, made by nbgrader's own converter.
- ``collect``: what a platform hands out becomes submissions: ``archive`` opens the zip, ``naming``
  says whose a file is, ``times`` when it came, ``chosen`` which file counts, ``submitted`` writes.
- ``receipt``: the hash by which a student and the course compare what was handed in.
- ``gradebook``: nbgrader's gradebook, opened; ``marks``: what stands in it.
- ``written``: marks of people, as a table; ``late``: what lateness takes off; ``scores``: both.
- ``export``: grades for spreadsheets; ``platforms``: Canvas's and Moodle's own files.
- ``sample``: a class of made-up students from exercises/<slug>/answers/.
"""
