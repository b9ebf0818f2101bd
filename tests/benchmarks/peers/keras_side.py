"""What the Keras peers share: the networks as Keras models, images last-channel, and threads."""

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from works import Layer, Work, threads


def prepare() -> None:
    """Thread counts of this process."""
    tf.config.threading.set_intra_op_parallelism_threads(threads())
    tf.config.threading.set_inter_op_parallelism_threads(threads())
    keras.utils.set_random_seed(0)


def versions() -> dict[str, str]:
    """For the table."""
    return {"tensorflow": tf.__version__, "keras": keras.__version__}


def images_of(folder: Path) -> np.ndarray:
    """float32 [N, H, W, C] in [-1, 1]."""
    return np.load(folder / "images.npy").transpose(0, 2, 3, 1).astype("float32") / 127.5 - 1.0


def networks(work: Work, *, sigmoid: bool = False) -> tuple[keras.Model, keras.Model]:
    """Generator and discriminator; with `sigmoid`, the latter gives a probability instead of a logit."""
    G = keras.Sequential([keras.Input((work.latent_dim,)), *map(_layer, work.generator)], name="generator")
    last = [keras.layers.Activation("sigmoid")] if sigmoid else []
    shape = (work.side, work.side, work.channels)
    D = keras.Sequential([keras.Input(shape), *map(_layer, work.discriminator), *last], name="discriminator")
    return G, D


def parameters(*models: keras.Model) -> list[int]:
    """Weights that each learns."""
    return [sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) for model in models]


def adam(work: Work) -> keras.optimizers.Optimizer:
    """The work's optimizer, afresh."""
    return keras.optimizers.Adam(work.lr, beta_1=work.beta1, beta_2=work.beta2)


def _layer(layer: Layer) -> keras.layers.Layer:  # noqa: PLR0911
    match layer:
        case ("dense", _, outputs):
            return keras.layers.Dense(outputs)
        case ("up", _, outputs, bias):
            return keras.layers.Conv2DTranspose(outputs, 4, 2, "same", use_bias=bias)
        case ("down", _, outputs):
            return keras.layers.Conv2D(outputs, 4, 2, "same")
        case ("norm", _):
            return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        case ("norm_dense", _, eps, momentum):
            return keras.layers.BatchNormalization(momentum=1.0 - momentum, epsilon=eps)
        case ("leaky", slope):
            return keras.layers.LeakyReLU(negative_slope=slope)
        case ("relu",):
            return keras.layers.ReLU()
        case ("dropout", share):
            return keras.layers.Dropout(share)
        case ("tanh",):
            return keras.layers.Activation("tanh")
        case ("flatten",):
            return keras.layers.Flatten()
        case ("unflatten", channels, side):
            return keras.layers.Reshape((side, side, channels))
    raise ValueError(layer)
