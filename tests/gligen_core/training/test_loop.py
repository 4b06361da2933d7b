"""The loop can stop anywhere it has saved, and ends where it would have ended."""

import torch
from accelerate import Accelerator
from torch import nn

from gligen_core.training import loop
from gligen_core.training.loop import Plan, train


def batch_at(step):
    generator = torch.Generator().manual_seed(step)
    x = torch.randn(8, 3, generator=generator)
    return x, x @ torch.tensor([[1.0], [-2.0], [0.5]])


def run(folder, steps, stop_after=None):
    """Train a line; `stop_after` breaks off by an error in the report, as a power cut would."""
    torch.manual_seed(0)
    network = nn.Linear(3, 1)
    reports = []

    def report(average):
        reports.append(average.weight.clone())
        if stop_after is not None and len(reports) > stop_after:
            raise KeyboardInterrupt
        return "fine"

    average = train(
        Plan("line", steps, (0.01,), folder),
        network,
        [list(network.parameters())],
        batch_at,
        lambda net, batch: (net(batch[0]) - batch[1]).square().mean(),
        report,
        Accelerator(cpu=True),
    )
    return network, average, reports


def test_it_learns_and_returns_the_average(tmp_path):
    network, average, reports = run(tmp_path, 1000)
    target = torch.tensor([[1.0, -2.0, 0.5]])
    assert (network.weight - target).abs().max() < 0.05
    assert not torch.equal(network.weight, average.weight)
    assert len(reports) == 4


def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path):
    whole, whole_average, _ = run(tmp_path / "whole", 1000)
    try:
        run(tmp_path / "parts", 1000, stop_after=2)
    except KeyboardInterrupt:
        pass
    network, average, reports = run(tmp_path / "parts", 1000)
    assert len(reports) == 2, "the first half was not done again"
    assert torch.equal(network.weight, whole.weight)
    assert torch.equal(average.weight, whole_average.weight)


def test_a_finished_run_is_read_back(tmp_path):
    _, average, _ = run(tmp_path, 300)
    _, again, reports = run(tmp_path, 300)
    assert reports == [] and torch.equal(average.weight, again.weight)


def test_the_rate_rises_and_ends_at_zero():
    rates = [loop._rate(step, 1000) for step in range(1000)]
    assert rates[0] < 0.01 and max(rates) == 1 and rates[-1] < 1e-4
    assert all(rate == 1 for rate in rates[loop.WARM_UP : 500])
