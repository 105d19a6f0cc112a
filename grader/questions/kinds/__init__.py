"""The kinds of question: one module each, found by the name that an author writes."""

from grader.questions.kinds.ahead import Ahead
from grader.questions.kinds.array import Array
from grader.questions.kinds.base import Kind
from grader.questions.kinds.choice import Choice
from grader.questions.kinds.counterexample import Counterexample
from grader.questions.kinds.cuts import Cuts
from grader.questions.kinds.equal import Equal
from grader.questions.kinds.function import Function
from grader.questions.kinds.head import Head
from grader.questions.kinds.head_claim import HeadClaim
from grader.questions.kinds.influence import Influence
from grader.questions.kinds.own_copy import OwnCopy
from grader.questions.kinds.own_sentence import OwnSentence
from grader.questions.kinds.rows import Rows
from grader.questions.kinds.sentences import Sentences
from grader.questions.kinds.shape import Shape
from grader.questions.kinds.silenced import Silenced
from grader.questions.kinds.sink import Sink
from grader.questions.kinds.span import Span
from grader.questions.kinds.tokens import Tokens
from grader.questions.kinds.two_questions import TwoQuestions
from grader.questions.kinds.values import Values
from grader.questions.kinds.written import Written

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Array(),
        Equal(),
        Rows(),
        Shape(),
        Tokens(),
        Values(),
        Head(),
        HeadClaim(),
        Sentences(),
        OwnSentence(),
        Counterexample(),
        Span(),
        Cuts(),
        TwoQuestions(),
        Influence(),
        Sink(),
        Ahead(),
        Silenced(),
        OwnCopy(),
        Choice(),
        Function(),
        Written(),
    )
}
"""All kinds; a new one is a module here and a line above."""
