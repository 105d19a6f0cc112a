"""The ledger of what lessons claim: each number computed now, or published by someone named.

    grader claims --lessons lessons

| module | what it holds |
|---|---|
| ``ledger``, ``file`` | the claims, computed and compared; ``claims.toml``, read |
| ``claim_measures`` | how a claim is computed: the table of measures, and those of one sentence |
| ``sets`` | the sentence sets beside the ledger |
| ``relations``, ``positions``, ``coreference``, ``attachment`` | measures over whole sets |
| ``long_texts`` | shares beside their even share, and words that stand again far away |
| ``norm_shares``, ``interventions`` | experiments over whole sets |
| ``cache`` | results of experiments on the model, on disk |
| ``studies``, ``answering`` | figures of ``grader study``, and of minilm-qa |
| ``decoder_figures`` | figures of smollm2 |
| ``evidence`` | what the corrections and the five patterns stand on |
| ``printed`` | which pages print which claim |
| ``claims_table`` | ``grader claims`` |

Nothing here reads Markdown beyond its marks; the site prints what this package computes.
"""

from grader.ledger.file import Claim, ClaimError, Reference, Value
from grader.ledger.ledger import Capture, Ledger
from grader.ledger.printed import MARK

__all__ = ["MARK", "Capture", "Claim", "ClaimError", "Ledger", "Reference", "Value"]
