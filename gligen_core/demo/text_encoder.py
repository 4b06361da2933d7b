"""A small CLIP text encoder: the key names and the arithmetic of the host's `CLIPTextModel`."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .vocabulary import END, LENGTH, START, TOKENS

WIDTH, LAYERS, HEADS, HIDDEN = 64, 2, 4, 256
# The configuration that the host's class is built with.
CONFIG = {
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": HIDDEN,
    "hidden_act": "quick_gelu",
    "max_position_embeddings": LENGTH,
    "eos_token_id": END,
}
VOCABULARY = 49408  # of the host's tokenizer
TRAINED_TOKENS = (*sorted(TOKENS.values()), START, END)  # the only ones with an embedding


class CausalAttention(nn.Module):
    """Self-attention in which a token sees itself and the tokens before it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(width, width) for _ in range(4)
        )

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (
            part(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.q_proj, self.k_proj, self.v_proj)
        )
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


class Perceptron(nn.Module):
    """Two layers with CLIP's quick GELU."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.fc1(x)
        return self.fc2(hidden * torch.sigmoid(1.702 * hidden))


class EncoderLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.self_attn = CausalAttention(WIDTH, HEADS)
        self.mlp = Perceptron(WIDTH, HIDDEN)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class TokenEmbedding(nn.Module):
    """Embeddings of the trained tokens alone, in their order."""

    rows: Tensor

    def __init__(self, tokens: Sequence[int]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(len(tokens), WIDTH))
        rows = torch.zeros(VOCABULARY, dtype=torch.long)
        rows[list(tokens)] = torch.arange(len(tokens))
        self.register_buffer("rows", rows, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.weight[self.rows[tokens]]


class Embeddings(nn.Module):
    """What a token is plus where it stands."""

    def __init__(self, tokens: Sequence[int], length: int) -> None:
        super().__init__()
        self.token_embedding = TokenEmbedding(tokens)
        self.position_embedding = nn.Embedding(length, WIDTH)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.token_embedding(tokens) + self.position_embedding.weight


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class TextTransformer(nn.Module):
    def __init__(self, tokens: Sequence[int], length: int) -> None:
        super().__init__()
        self.embeddings = Embeddings(tokens, length)
        self.encoder = Encoder()
        self.final_layer_norm = nn.LayerNorm(WIDTH)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.final_layer_norm(self.encoder(self.embeddings(tokens)))


class TextEncoder(nn.Module):
    """Captions to hidden states and pooled features.

    tokens: the ones that have an embedding · length: tokens of a caption
    """

    def __init__(self, tokens: Sequence[int] = TRAINED_TOKENS, length: int = LENGTH) -> None:
        super().__init__()
        self.text_model = TextTransformer(tokens, length)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """tokens: b n (n = length) -> hidden: b n c · pooled: b c, the state at END, unprojected"""
        x = self.text_model(tokens)
        end = (tokens == END).int().argmax(1)  # the first END
        return x, x[torch.arange(len(x)), end]
