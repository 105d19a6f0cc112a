"""What training draws and how fast it learns; CI never trains."""

from itertools import islice

import pytest
import torch

from grader.qa.reader import load_reader
from grader.qa.training.generate import Example
from grader.qa.training.qamr import read_qamr
from grader.qa.training.train import BATCH, batches, examples, keep, loss_of, rate, take_up


def test_the_same_seed_draws_the_same_batches(qamr_folder):
    qamr = read_qamr(qamr_folder)
    first, again = (list(islice(batches(examples(qamr, 3, 0.25), 3), 4)) for _ in range(2))
    assert first == again
    assert all(len(batch) == BATCH for batch in first)


def test_a_share_of_the_examples_is_invented(qamr_folder):
    drawn = list(islice(examples(read_qamr(qamr_folder), 0, 0.25), 2000))
    natural = sum("who lives in" in e.context for e in drawn)
    assert 0.70 < natural / 2000 < 0.80


def test_each_question_comes_once_in_a_round(qamr_folder):
    qamr = read_qamr(qamr_folder)
    drawn = list(islice(examples(qamr, 0, 0.0), len(qamr.items)))
    assert sorted(e.question for e in drawn) == sorted(i.question for i in qamr.items)


def test_the_learning_rate_rises_then_falls():
    assert rate(0, 1000) == pytest.approx(0.01)
    assert max(range(1000), key=lambda step: rate(step, 1000)) == 99
    assert rate(999, 1000) == pytest.approx(0.01)


def test_a_run_taken_up_again_ends_where_an_unbroken_one_ends(tmp_path):
    def run(n_steps, kept=None):
        torch.manual_seed(0)
        learned = [torch.nn.Parameter(torch.randn(3))]
        optimizer = torch.optim.AdamW(learned, lr=0.1)
        first = take_up(kept, learned, optimizer) if kept else 0
        for step in range(first, n_steps):
            loss = ((learned[0] - step) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return learned, optimizer

    kept = tmp_path / "run.kept"
    assert take_up(kept, *run(0)) == 0
    keep(kept, 4, *run(4))
    unbroken, (again, _) = run(9)[0], run(9, kept)
    assert torch.equal(unbroken[0], again[0])


def test_the_loss_of_a_batch_is_the_mean_of_its_examples_whatever_is_padded():
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    network = BertForQuestionAnswering(BertConfig(intermediate_size=8, **sizes)).eval()
    short = Example("Who sat?", "Ada sat.", ("Ada",), 0)
    long = Example("Where is it?", "It is in a very old house in Rome.", ("Rome",), 29)
    none = Example("Why did Bob go home?", "Ada sat down.", (), -1)

    def loss(*examples):
        with torch.no_grad():
            return float(loss_of(network, load_reader().network, list(examples), torch.float32))

    alone = [loss(one) for one in (short, long, none)]
    assert loss(short, long, none) == pytest.approx(sum(alone) / 3, abs=1e-5)
    assert len(set(alone)) == 3
