"""Errors meant for a person: each is one clear sentence that ends in the repair."""


class GraderError(Exception):
    """The base of every error that we raise on purpose; ``str()`` is what a person reads."""


class CourseError(GraderError):
    """A file of an author or instructor is wrong: names the file, the line or cell, the repair."""


class ModelError(GraderError):
    """A model cannot be found, fetched or trusted."""


class TextError(GraderError, ValueError):
    """A text cannot be captured: it is empty or longer than the model reads."""


class WordError(GraderError, LookupError):
    """A word stands nowhere in the text, or more than once."""
