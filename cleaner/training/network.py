"""The torch twin of cleaner.model, used only to train; a test holds both to the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cleaner.features import ATTRIBUTE_ROWS, LEVELS, NUMBERS, WORD_ROWS
from cleaner.model import BAG_TABLES, DILATIONS, KERNEL, SCOPES_AFTER
from cleaner.page import KINDS

WIDTH = 96
EMBEDDING = 24
SCOPE_WIDTH = 32
SCOPES = LEVELS + 3
VOTERS = 5
PAGE_TYPES = ("article", "forum", "service", "documentation", "product", "collection", "listing")

TABLES = {"words": WORD_ROWS, "pairs": WORD_ROWS, "attributes": ATTRIBUTE_ROWS, "far": ATTRIBUTE_ROWS}


@dataclass(slots=True)
class Batch:
    """B pages padded to L paragraphs."""

    numbers: Tensor
    """(B, L, F)"""
    bags: list[tuple[Tensor, Tensor, Tensor]]
    """ids, weight of each id (0 for a dropped one), and where each bag begins: B * L bags, for near and far
    B * (most groups of a page)."""
    group_of: Tensor
    """(B, L) which bag of near and far."""
    first: Tensor
    end: Tensor
    """(B, L, SCOPES) ranges."""
    words: Tensor
    mask: Tensor
    shares: Tensor
    weight: Tensor
    tokens: Tensor
    gold_tokens: Tensor
    kinds: Tensor
    kind_weight: Tensor
    votes: Tensor
    """(B, L, VOTERS), nan where unknown."""
    page_type: Tensor


class Network(nn.Module):
    """See cleaner.model for what it computes."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.tables = nn.ParameterDict(
            {name: nn.Parameter(torch.randn(rows, EMBEDDING) * 0.1) for name, rows in TABLES.items()}
        )
        inputs = len(NUMBERS) + len(BAG_TABLES) * EMBEDDING
        self.input = nn.Linear(inputs, WIDTH)
        self.input_norm = nn.LayerNorm(WIDTH)
        self.convs = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, KERNEL, dilation=d, padding=d * (KERNEL // 2)) for d in DILATIONS
        )
        self.conv_norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.scope_in = nn.ModuleList(nn.Linear(WIDTH, SCOPE_WIDTH, bias=False) for _ in SCOPES_AFTER)
        self.scope_out = nn.ModuleList(nn.Linear(SCOPES * SCOPE_WIDTH, WIDTH) for _ in SCOPES_AFTER)
        self.scope_norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in SCOPES_AFTER)
        self.body1, self.body2 = nn.Linear(WIDTH, 48), nn.Linear(48, 1)
        self.kind = nn.Linear(WIDTH, len(KINDS))
        self.page1, self.page2 = nn.Linear(2 * WIDTH, 32), nn.Linear(32, len(PAGE_TYPES))
        self.kind_weights = nn.Buffer(torch.ones(len(KINDS)))
        """Weights of the kinds in the loss; taken out again when the network is exported or asked."""
        self.votes = nn.Linear(WIDTH, VOTERS)  # only to train: it is not exported
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return body logits (B, L), kind logits (B, L, kinds), page type logits (B, types), vote logits."""
        b, length, _ = batch.numbers.shape
        parts = [batch.numbers.clamp(-4, 4)]
        for place, (name, (ids, weights, bags)) in enumerate(zip(BAG_TABLES, batch.bags, strict=True)):
            out = functional.embedding_bag(ids, self.tables[name], bags, mode="sum", per_sample_weights=weights)
            parts.append(out.view(b, length, EMBEDDING) if place < 4 else functional.embedding(batch.group_of, out))
        mask = batch.mask[:, :, None]
        h = self.input_norm(functional.relu(self.input(torch.cat(parts, 2))))
        h = self.dropout(h) * mask
        weights = batch.words.sqrt()
        layer = 0
        for place, conv in enumerate(self.convs):
            step = functional.relu(conv(h.transpose(1, 2)).transpose(1, 2))
            h = self.conv_norms[place](h + step) * mask
            if place in SCOPES_AFTER:
                seen = self._scopes(self.scope_in[layer](h), weights, batch)
                step = functional.relu(self.scope_out[layer](seen))
                h = self.scope_norms[layer](h + self.dropout(step)) * mask
                layer += 1
        body = self.body2(functional.relu(self.body1(h)))[:, :, 0]
        count = batch.mask.sum(1, keepdim=True)
        heavy = batch.words / batch.words.sum(1, keepdim=True).clamp(min=1e-6)
        total = torch.cat((h.sum(1) / count, (h * heavy[:, :, None]).sum(1)), 1)
        page = self.page2(functional.relu(self.page1(total)))
        kinds = self.kind(h)
        if not self.training:
            kinds -= self.kind_weights.log()
        return body, kinds, page, self.votes(h)

    @staticmethod
    def _scopes(p: Tensor, weights: Tensor, batch: Batch) -> Tensor:
        b, length, width = p.shape
        half = width // 2
        values = torch.cat((p[:, :, :half], p[:, :, half:] * weights[:, :, None], weights[:, :, None]), 2)
        running = functional.pad(values.cumsum(1), (0, 0, 1, 0))
        flat = running.reshape(b * (length + 1), -1)
        base = (torch.arange(b) * (length + 1))[:, None, None]
        # embedding() is indexing whose backward pass is fast on CPUs
        inside = functional.embedding(batch.end + base, flat) - functional.embedding(batch.first + base, flat)
        size = (batch.end - batch.first).clamp(min=1)[:, :, :, None]
        plain = inside[..., :half] / size
        heavy = inside[..., half:-1] / inside[..., -1:].clamp(min=1e-3)
        return torch.cat((plain, heavy), 3).reshape(b, length, -1)


def export(network: Network) -> dict[str, NDArray[np.float32]]:
    """Return the arrays as cleaner.model wants them."""
    state = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    out = {f"table_{name}": state[f"tables.{name}"] for name in TABLES}
    out |= {"input_w": state["input.weight"].T, "input_b": state["input.bias"]}
    out |= {"input_g": state["input_norm.weight"], "input_n": state["input_norm.bias"]}
    for place in range(len(DILATIONS)):
        out[f"conv{place}_w"] = state[f"convs.{place}.weight"].transpose(2, 1, 0)
        out[f"conv{place}_b"] = state[f"convs.{place}.bias"]
        out[f"conv{place}_g"] = state[f"conv_norms.{place}.weight"]
        out[f"conv{place}_n"] = state[f"conv_norms.{place}.bias"]
    for layer in range(len(SCOPES_AFTER)):
        out[f"scope{layer}_in_w"] = state[f"scope_in.{layer}.weight"].T
        out[f"scope{layer}_w"] = state[f"scope_out.{layer}.weight"].T
        out[f"scope{layer}_b"] = state[f"scope_out.{layer}.bias"]
        out[f"scope{layer}_g"] = state[f"scope_norms.{layer}.weight"]
        out[f"scope{layer}_n"] = state[f"scope_norms.{layer}.bias"]
    for name in ("body1", "body2", "kind", "page1", "page2"):
        out[f"{name}_w"], out[f"{name}_b"] = state[f"{name}.weight"].T, state[f"{name}.bias"]
    out["kind_b"] = out["kind_b"] - np.log(state["kind_weights"])
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in out.items()}
