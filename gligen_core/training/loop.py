"""A training loop that can be stopped and goes on where it was; `accelerate` carries it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from tqdm import tqdm

WARM_UP = 200  # steps over which the learning rate rises
AVERAGE_DECAY = 0.999  # of the running average of the weights, which is what ships
SAVE_EVERY = 250  # steps


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast. `rates` are learning rates by group; the rate ends at zero (cosine)."""

    name: str
    steps: int
    rates: tuple[float, ...]
    folder: Path
    report_every: int = 500


class Progress(nn.Module):
    """What a resumed run must know besides weights: steps done and seconds spent."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("step", torch.zeros((), dtype=torch.long))
        self.register_buffer("seconds", torch.zeros((), dtype=torch.float64))


def train(
    plan: Plan,
    network: nn.Module,
    groups: list[list[nn.Parameter]],
    loss_at: Callable[[nn.Module, int], Tensor],
    report: Callable[[nn.Module, int], str],
    accelerator: Accelerator,
) -> nn.Module:
    """Train `network` in place and return the running average of its weights.

    groups: parameters by learning rate, as `plan.rates` lists them
    loss_at: (network, step) -> scalar; must depend on the step alone, not on earlier calls
    report: (averaged network, step) -> a few words, printed every `plan.report_every` steps
    """
    parameters = [
        {"params": group, "lr": rate} for group, rate in zip(groups, plan.rates, strict=True)
    ]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rate_curve(plan.steps))
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE_DECAY)
    )
    progress = Progress()
    network, optimizer, schedule = accelerator.prepare(network, optimizer, schedule)
    accelerator.register_for_checkpointing(average, progress)
    state = plan.folder / plan.name
    if state.exists():
        accelerator.load_state(str(state))
    done = int(progress.step)
    bar = tqdm(
        total=plan.steps,
        initial=done,
        desc=plan.name,
        mininterval=5,
        disable=not accelerator.is_main_process,
    )
    running = 0.0
    for step in range(done, plan.steps):
        started = time.monotonic()
        loss = loss_at(network, step)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_([p for group in groups for p in group], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        average.update_parameters(accelerator.unwrap_model(network))
        running += 0.02 * (loss.item() - running) if step > done else loss.item()
        progress.step += 1
        progress.seconds += time.monotonic() - started
        bar.update()
        bar.set_postfix(loss=f"{running:.4f}")
        last = step + 1 == plan.steps
        if accelerator.is_main_process and ((step + 1) % plan.report_every == 0 or last):
            words = report(average.module, step)
            bar.write(f"{plan.name} step {step + 1}: loss {running:.4f}, {words}")
        if (step + 1) % SAVE_EVERY == 0 or last:
            accelerator.save_state(str(state))
    bar.close()
    bar.write(f"{plan.name}: {int(progress.step)} steps, {float(progress.seconds):.0f} s")
    return average.module


def _rate_curve(steps: int) -> Callable[[int], float]:
    """Learning rate over its peak: a linear rise, flat for the first half, then a cosine to 0."""

    def rate(step: int) -> float:
        rise = min(1.0, (step + 1) / WARM_UP)
        late = max(0.0, 2 * step / steps - 1)
        return rise * 0.5 * (1 + torch.cos(torch.tensor(torch.pi * late)).item())

    return rate
