"""How the class of an image enters both networks; networks of unlabelled data are the same modules without it."""

import torch
from torch import Tensor, nn

# Classes up to which the embedding starts as the one-hot vector.
_ONE_HOT = 64


class ConditionalGenerator(nn.Module):
    """G(z, labels): a learned embedding of the class is joined to the latent vector.

    Attributes:
        body: [N, latent_dim + embedding's width] → images.
        embedding: of the classes; None in a network that knows no classes.
    """

    def __init__(self, body: nn.Module, num_classes: int = 0) -> None:
        super().__init__()
        self.embedding = _class_embedding(num_classes) if num_classes else None
        self.body = body

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images [N, channels, resolution, resolution] of z [N, latent_dim] and labels int64 [N].

        Raises:
            ValueError: there are no labels and the network was built for classes.
        """
        if self.embedding is not None:
            z = torch.cat([z, self.embedding(_needed(labels))], dim=1)
        images: Tensor = self.body(z)
        return images


class ProjectionDiscriminator(nn.Module):
    """D(images, labels) = answer(h) + <embedding(labels), h>, with h the features of the images.

    Miyato & Koyama 2018, "cGANs with Projection Discriminator", figure 1(d).

    Attributes:
        features: images → h [N, F].
        answer: h → [N, 1].
        embedding: [num_classes, F]; None in a network that knows no classes.
    """

    def __init__(self, features: nn.Module, answer: nn.Linear, num_classes: int = 0) -> None:
        super().__init__()
        self.features = features
        self.answer = answer
        self.embedding = nn.Embedding(num_classes, answer.in_features) if num_classes else None

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits [N] of images [N, channels, resolution, resolution] and labels int64 [N].

        Raises:
            ValueError: there are no labels and the network was built for classes.
        """
        h = self.features(images)
        logits: Tensor = self.answer(h).squeeze(1)
        if self.embedding is not None:
            logits = logits + (self.embedding(_needed(labels)) * h).sum(dim=1)
        return logits


def embedding_width(num_classes: int) -> int:
    """How many numbers G's class embedding adds to the latent vector."""
    return min(num_classes, _ONE_HOT)


def _class_embedding(num_classes: int) -> nn.Embedding:
    """Starts as the one-hot vector, which learns quickly; of very many classes as random directions."""
    embedding = nn.Embedding(num_classes, embedding_width(num_classes))
    if num_classes <= _ONE_HOT:
        nn.init.eye_(embedding.weight)
    return embedding


def _needed(labels: Tensor | None) -> Tensor:
    if labels is None:
        raise ValueError("a class-conditional network needs labels")
    return labels
