"""A softmax head, fitted step by step: what the two heads of names have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["descend"]

Floats: TypeAlias = NDArray[np.float32]


class _Plan(Protocol):
    """How the head is fitted."""

    @property
    def seed(self) -> int: ...
    @property
    def passes(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def decay(self) -> float: ...
    @property
    def rows(self) -> int: ...


def descend(
    head: Floats,
    n: int,
    plan: _Plan,
    loss_of: Callable[[Floats, NDArray[np.int64]], tuple[float, Floats]],
    *,
    warms_up: bool = False,
) -> tuple[Floats, float]:
    """Fit a head on n paragraphs by Adam with decoupled decay (Loshchilov, Hutter 2019); return it and the loss.

    ``loss_of`` gives the loss and its gradient by the head for some of the paragraphs. The rate falls as a cosine; with
    ``warms_up`` it rises over the first twentieth of the steps. The loss returned is the mean of the last 50 steps. The
    head is changed in place.
    """
    rng = np.random.default_rng(plan.seed)
    first, second = np.zeros_like(head), np.zeros_like(head)
    steps, step, losses = max(plan.passes * n // plan.rows, 1), 0, []
    for _ in range(plan.passes):
        order = rng.permutation(n)
        for low in range(0, n, plan.rows):
            step += 1
            loss, gradient = loss_of(head, order[low : low + plan.rows])
            losses.append(loss)
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            done = min(1.0, step / steps)
            warmth = min(1.0, 20 * done + 0.05) if warms_up else 1.0
            rate = plan.learning_rate * warmth * (0.5 * (1 + np.cos(np.pi * done)) + 0.003)
            move = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            head -= np.float32(rate) * (move + np.float32(plan.decay) * head)
    return head, float(np.mean(losses[-50:]))
