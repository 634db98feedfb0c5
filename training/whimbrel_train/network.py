"""The network: a small BERT encoder with shape features and many heads on its word vectors."""

import math

import torch
import torch.nn.functional as F
from torch import nn

ROLES = ["actor", "recipient", "place", "time", "source", "content"]
AUXILIARY_ROLES = ["a0", "a1", "a2", "loc", "tmp"]  # PropBank's; trained with, not shipped
SHAPES, DISTANCES = 12, 33


def distance_bucket(d):
    """Bucket of a word distance, as in models/FORMAT.md; works on tensors."""
    edges = torch.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 18, 24, 32, 48, 72])
    g = torch.bucketize(d.abs(), edges, right=True)
    return 16 + torch.sign(d) * g


class Layer(nn.Module):
    def __init__(self, hidden, heads, ffn, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=1e-12)
        self.up = nn.Linear(hidden, ffn)
        self.down = nn.Linear(ffn, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask):
        b, n, h = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=0.0)
        x = self.norm1(x + self.drop(self.out(a.transpose(1, 2).reshape(b, n, h))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x), approximate="tanh"))))


class Encoder(nn.Module):
    def __init__(self, vocab, hidden=384, layers=4, heads=12, ffn=1536, positions=192, dropout=0.1):
        super().__init__()
        self.word = nn.Embedding(vocab, hidden)
        self.position = nn.Embedding(positions, hidden)
        self.shape = nn.Embedding(SHAPES, hidden)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(hidden, heads, ffn, dropout) for _ in range(layers))
        self.drop = nn.Dropout(dropout)
        self.word.weight.requires_grad_(False)
        nn.init.normal_(self.shape.weight, std=0.02)

    def load_bert(self, tensors, pick):
        """Takes weights of a BERT checkpoint; `pick` lists which of its layers become ours."""
        t = {k.removeprefix("bert."): v.float() for k, v in tensors.items()}
        n = self.position.num_embeddings
        with torch.no_grad():
            self.word.weight.copy_(t["embeddings.word_embeddings.weight"])
            self.position.weight.copy_(t["embeddings.position_embeddings.weight"][:n]
                                       + t["embeddings.token_type_embeddings.weight"][0])
            self.norm.weight.copy_(t["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(t["embeddings.LayerNorm.bias"])
            for layer, i in zip(self.layers, pick):
                p = f"encoder.layer.{i}."
                for part in ("weight", "bias"):
                    getattr(layer.qkv, part).copy_(torch.cat(
                        [t[p + f"attention.self.{x}.{part}"] for x in ("query", "key", "value")]))
                    getattr(layer.out, part).copy_(t[p + f"attention.output.dense.{part}"])
                    getattr(layer.norm1, part).copy_(t[p + f"attention.output.LayerNorm.{part}"])
                    getattr(layer.up, part).copy_(t[p + f"intermediate.dense.{part}"])
                    getattr(layer.down, part).copy_(t[p + f"output.dense.{part}"])
                    getattr(layer.norm2, part).copy_(t[p + f"output.LayerNorm.{part}"])

    def forward(self, pieces, shapes, lengths):
        n = pieces.shape[1]
        at = torch.arange(n)
        x = self.word(pieces) + self.position(at)[None] + self.shape(shapes)
        x = self.drop(self.norm(x))
        mask = (at[None] < lengths[:, None])[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Network(nn.Module):
    """Encoder and heads. `labels` maps head names to label lists."""

    TAGS = ["upos", "xpos", "lemma", "entity", "trigger", "party", "sector", "cue", "attribution", "mode", "status"]

    def __init__(self, encoder, labels, role_size=64, arc_size=128, rel_size=64, dropout=0.15):
        super().__init__()
        hidden = encoder.word.embedding_dim
        self.encoder, self.labels = encoder, labels
        self.role_size, self.arc_size, self.rel_size = role_size, arc_size, rel_size
        self.tags = nn.ModuleDict({t: nn.Linear(hidden, len(labels[t])) for t in self.TAGS})
        self.roles = ROLES + AUXILIARY_ROLES
        r = len(self.roles)
        self.role_anchor = nn.Linear(hidden, r * role_size)
        self.role_word = nn.Linear(hidden, r * role_size)
        self.role_distance = nn.Parameter(torch.zeros(r, DISTANCES))
        self.role_cross = nn.Parameter(torch.full((r,), -1.0))
        self.role_bias = nn.Parameter(torch.full((r,), -2.0))
        self.arc_dep, self.arc_head = nn.Linear(hidden, arc_size), nn.Linear(hidden, arc_size)
        self.rel_dep, self.rel_head = nn.Linear(hidden, rel_size), nn.Linear(hidden, rel_size)
        self.arc_weight = nn.Parameter(torch.zeros(arc_size + 1, arc_size))
        self.arc_root = nn.Parameter(torch.zeros(arc_size))
        self.arc_root_bias = nn.Parameter(torch.zeros(1))
        self.rel_weight = nn.Parameter(torch.zeros(len(labels["deprel"]), rel_size + 1, rel_size + 1))
        nn.init.xavier_uniform_(self.arc_weight)
        nn.init.normal_(self.rel_weight, std=0.05)
        self.drop = nn.Dropout(dropout)

    def words(self, batch):
        """Word vectors [windows, words, hidden]."""
        x = self.encoder(batch["pieces"], batch["shapes"], batch["lengths"])
        index = batch["first"][:, :, None].expand(-1, -1, x.shape[2])
        return self.drop(x.gather(1, index))

    def tag(self, name, x):
        return self.tags[name](x)

    def arcs(self, x, sentence):
        """Scores [windows, dependents, heads + 1]; the last column is the root. Other sentences are -inf."""
        dep, head = self.drop(F.relu(self.arc_dep(x))), self.drop(F.relu(self.arc_head(x)))
        one = torch.ones_like(dep[..., :1])
        scores = torch.cat([dep, one], -1) @ self.arc_weight.to(dep.dtype) @ head.transpose(1, 2)
        same = sentence[:, :, None] == sentence[:, None, :]
        same = same & ~torch.eye(x.shape[1], dtype=torch.bool)[None]
        root = (dep @ self.arc_root.to(dep.dtype))[..., None] + self.arc_root_bias.to(dep.dtype)
        scores = scores.float().masked_fill(~same, -1e4)
        return torch.cat([scores, root.float()], -1)

    def relations(self, dep_words, head_words):
        """Label scores [arcs, labels] for pairs of word vectors; a root's head vector is zero."""
        dep, head = self.drop(F.relu(self.rel_dep(dep_words))), self.drop(F.relu(self.rel_head(head_words)))
        one = torch.ones_like(dep[:, :1])
        dep, head = torch.cat([dep, one], 1), torch.cat([head, one], 1)
        k, s, _ = self.rel_weight.shape
        left = dep @ self.rel_weight.permute(1, 0, 2).reshape(s, k * s).to(dep.dtype)
        return (left.view(-1, k, s) * head[:, None, :]).sum(-1).float()

    def role_scores(self, x, anchor_window, anchor_word, sentence):
        """Logits [anchors, roles, words]."""
        r, s = len(self.roles), self.role_size
        n = x.shape[1]
        anchor = self.role_anchor(x[anchor_window, anchor_word]).view(-1, r, s)
        word = self.role_word(x).view(x.shape[0], n, r, s)[anchor_window]
        scores = torch.einsum("ars,anrs->arn", anchor, word).float() / math.sqrt(s)
        d = torch.arange(n)[None] - anchor_word[:, None]
        scores = scores + self.role_distance[:, distance_bucket(d)].permute(1, 0, 2)
        cross = (sentence[anchor_window] != sentence[anchor_window, anchor_word][:, None]).float()
        return scores + self.role_cross[None, :, None] * cross[:, None] + self.role_bias[None, :, None]
