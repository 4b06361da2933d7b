"""A training loop that can be stopped and goes on where it was; `accelerate` carries it."""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, send_to_device
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from .states import load_state, save_state

WARM_UP = 200  # steps over which the learning rate rises
AVERAGE_DECAY = 0.999  # of the running average of the weights, which is what ships
READ_LOSS_EVERY = 20  # steps; reading waits for the device
SAVE_SECONDS = 180.0  # between two saved states, so that a killed process loses little
LOOK_SECONDS = 1800.0  # between two looks at the result, at the most
MAX_WORKERS = 14  # processes that make batches for a GPU


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast.

    rates: learning rates, one per group of parameters; each falls to zero over the second half
    """

    name: str
    steps: int
    rates: tuple[float, ...]
    folder: Path

    @property
    def pause_every(self) -> int:
        """Steps between two looks at the result, each of which also saves the state."""
        return max(250, self.steps // 8)


class Pauses:
    """When to look at the result and when to save; by the clock, too, for steps may be slow."""

    def __init__(self, plan: Plan, accelerator: Accelerator) -> None:
        self.plan = plan
        self.accelerator = accelerator
        self.saved = self.looked = time.monotonic()

    def due(self, done: int) -> tuple[bool, bool]:
        """(save, look) after `done` steps; every process gets the same answer."""
        if done % self.plan.pause_every == 0 or done == self.plan.steps:
            answer = [True, True]
        elif done % READ_LOSS_EVERY == 0:
            now = time.monotonic()
            look = now - self.looked > LOOK_SECONDS
            answer = [look or now - self.saved > SAVE_SECONDS, look]
            if self.accelerator.num_processes > 1:
                answer = broadcast_object_list(answer)
        else:
            return False, False
        save, look = answer
        now = time.monotonic()
        self.saved = now if save else self.saved
        self.looked = now if look else self.looked
        return save, look


class Progress:
    """What a resumed run must know besides weights: steps done and seconds spent."""

    def __init__(self) -> None:
        self.step = 0
        self.seconds = 0.0

    def state_dict(self) -> dict[str, float]:
        return {"step": self.step, "seconds": self.seconds}

    def load_state_dict(self, state: dict[str, float]) -> None:
        self.step, self.seconds = int(state["step"]), state["seconds"]


class Steps(Dataset[Any]):
    """The batch of each step, for worker processes to make."""

    def __init__(self, batch_at: Callable[[int], Any], steps: int) -> None:
        self.batch_at = batch_at
        self.steps = steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Any:
        return self.batch_at(step)


def train(
    plan: Plan,
    network: nn.Module,
    groups: Sequence[Sequence[nn.Parameter]],
    batch_at: Callable[[int], Any],
    loss_of: Callable[[nn.Module, Any], Tensor],
    report: Callable[[nn.Module], str],
    accelerator: Accelerator,
) -> nn.Module:
    """Train `network` in place and return the running average of its weights.

    groups: parameters by learning rate, as `plan.rates` lists them
    batch_at: step -> tensors; of the step alone, so that a resumed run sees the same data
    loss_of: (network, batch on its device) -> scalar
    report: averaged network -> a few words on how good it is by now
    """
    parameters = [
        {"params": list(group), "lr": rate} for group, rate in zip(groups, plan.rates, strict=True)
    ]
    network.to(accelerator.device)
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, plan.steps))
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE_DECAY)
    )
    progress = Progress()
    network, optimizer = accelerator.prepare(network, optimizer)
    accelerator.register_for_checkpointing(average, progress, schedule)
    state = plan.folder / plan.name
    word = load_state(accelerator, state)
    first = progress.step
    bar = tqdm(
        total=plan.steps,
        initial=first,
        desc=plan.name,
        mininterval=5,
        disable=not accelerator.is_main_process,
    )
    if word and accelerator.is_main_process:
        bar.write(f"{plan.name}: {word}, step {first}")
    pauses = Pauses(plan, accelerator)
    trained = [parameter for group in groups for parameter in group]
    losses: list[Tensor] = []
    loss_read = math.nan
    since = time.monotonic()
    for step, batch in enumerate(_batches(batch_at, first, plan.steps, accelerator), start=first):
        loss = loss_of(network, send_to_device(batch, accelerator.device, non_blocking=True))
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        average.update_parameters(accelerator.unwrap_model(network))
        losses.append(loss.detach())
        bar.update()
        done = step + 1
        if done % READ_LOSS_EVERY == 0:
            loss_read = torch.stack(losses[-READ_LOSS_EVERY:]).mean().item()
            bar.set_postfix(loss=f"{loss_read:.4f}", refresh=False)
        save, look = pauses.due(done)
        if save:
            progress.step = done
            progress.seconds += time.monotonic() - since
            since = time.monotonic()
            if look and accelerator.is_main_process:
                loss_read = torch.stack(losses).mean().item()
                bar.write(
                    f"{plan.name} step {done}: loss {loss_read:.4f}, {report(average.module)}"
                )
            losses.clear()
            save_state(accelerator, state)
    bar.close()
    if accelerator.is_main_process:
        bar.write(f"{plan.name}: {progress.step} steps in {progress.seconds:.0f} s")
    accelerator.free_memory()
    return average.module


def _batches(
    batch_at: Callable[[int], Any], first: int, steps: int, accelerator: Accelerator
) -> DataLoader[Any]:
    """Steps `first` to `steps`; a GPU gets worker processes that make batches ahead of it."""
    on_gpu = accelerator.device.type == "cuda"
    return DataLoader(
        Steps(batch_at, steps),
        batch_size=None,
        sampler=range(first, steps),
        num_workers=min(MAX_WORKERS, (os.cpu_count() or 1) - 1) if on_gpu else 0,
        pin_memory=on_gpu,
    )


def _rate(step: int, steps: int) -> float:
    """Learning rate over its peak: a linear rise, flat for the first half, then a cosine to 0."""
    rise = min(1.0, (step + 1) / WARM_UP)
    late = max(0.0, 2 * step / steps - 1)
    return rise * 0.5 * (1 + math.cos(math.pi * late))
