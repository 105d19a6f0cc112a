"""The marks of a lesson: Markdown in, figures and checked numbers out.

| module | what it holds |
|---|---|
| ``extension`` | what Python-Markdown loads: one extension, and the fence's formatter |
| ``fences`` | line numbers for fences, and what superfences would swallow: unclosed, misspelt, abandoned |
| ``marks`` | ``[[claim:...]]`` and ``[[cite:...]]`` in running text |
| ``views`` | the options of an ``attention`` fence, read and judged |
| ``quiz`` | the ``quiz`` fence: options, feedback, a verdict that needs no script |
| ``notebooks`` | the exercises' notebooks, ``[[exercise:slug]]`` |
| ``guess`` | the ``guess`` fence: tapped first, compared at the end of the page |
| ``scissors`` | the ``scissors`` fence: cut an edge, see what is answered then |
| ``home`` | the parts of the first page, ``home`` fences |
| ``tables`` | header cells that say nothing are none |
| ``figure``, ``pictures`` | the ``<figure>``: a picture and a table that need no script |
| ``ledgers`` | the ledger of a build, read from ``grader.ledger`` |
| ``problems`` | one sentence for each mistake: file, line, what, repair |
| ``publish`` | which files go beside the pages once they are built |
| ``vectors`` | queries and keys for neuron views, kept from build to build |
| ``terms``, ``search`` | the course's words for jieba; the search index and its script |
| ``generation_fence`` | the fence and the figure of a text that a model wrote |
| ``generations``, ``keep_generations`` | such texts, kept beside the lessons; how they are computed |
| ``live_write`` | the page that writes in the browser, and its model in parts |
| ``export_model``, ``live`` | the model for browsers, and the page that runs it |
| ``offline`` | the built site as one ZIP that opens from disk |
| ``changes``, ``adapt`` | what becomes other in bertviz's own drawing code, and how it is done |
| ``bundle``, ``pack`` | that code and ours as one script; weights, packed |

Nothing here imports MkDocs: another generator that reads Python-Markdown can take over.
"""  # noqa: E501 (a table's rows cannot be broken)

from attention_views.extension import AttentionViews, format_fence, makeExtension, validate_fence

__all__ = ["AttentionViews", "format_fence", "makeExtension", "validate_fence"]
