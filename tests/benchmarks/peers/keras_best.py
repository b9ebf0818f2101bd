"""The best that Keras does: the whole step as one `tf.function`, images and random numbers in it, XLA on request.

Two orders of work: `alternating` is what every other contestant does (D first, then G against the new D);
`shared` is TensorFlow's own DCGAN tutorial, where one batch of fakes and one pass through D serve both updates,
which is less to compute.
"""

import argparse
from pathlib import Path
from typing import Any

import tensorflow as tf
from keras_side import adam, images_of, networks, parameters, prepare, versions
from turns import Turns
from works import WORKS, Work

cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits


def main() -> None:
    """Train in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("images", type=Path)
    parser.add_argument("--xla", action="store_true")
    parser.add_argument("--order", choices=("alternating", "shared"), default="alternating")
    options = parser.parse_args()
    work, turns = WORKS[options.work], Turns()
    prepare()
    images = tf.constant(images_of(options.images))
    players = networks(work)
    optimizers = adam(work), adam(work)
    for model, optimizer in zip(players, optimizers, strict=True):
        optimizer.build(model.trainable_variables)
    make = alternating if options.order == "alternating" else shared
    step = tf.function(make(work, images, *players, *optimizers), jit_compile=options.xla)
    for _ in range(3):
        step()
    turns.ready(parameters(*players), versions())
    while True:
        step()
        turns.step()


def drawn(work: Work, images: tf.Tensor) -> tf.Tensor:
    """A batch of images."""
    chosen = tf.random.uniform((work.batch,), 0, images.shape[0], tf.int32)
    return tf.gather(images, chosen)


def loss_of_d(work: Work, on_real: tf.Tensor, on_fake: tf.Tensor) -> tf.Tensor:
    """Binary cross-entropy."""
    real = cross_entropy(labels=work.real_label * tf.ones_like(on_real), logits=on_real)
    return tf.reduce_mean(real) + tf.reduce_mean(cross_entropy(labels=tf.zeros_like(on_fake), logits=on_fake))


def loss_of_g(on_fake: tf.Tensor) -> tf.Tensor:
    """Binary cross-entropy, not saturating."""
    return tf.reduce_mean(cross_entropy(labels=tf.ones_like(on_fake), logits=on_fake))


def alternating(work: Work, images: tf.Tensor, G: Any, D: Any, optimizer_g: Any, optimizer_d: Any) -> Any:
    """D learns, then G against the D that has learnt."""

    def step() -> tuple[tf.Tensor, tf.Tensor]:
        fakes = G(tf.random.normal((work.batch, work.latent_dim)), training=True)
        with tf.GradientTape() as tape:
            loss_d = loss_of_d(work, D(drawn(work, images), training=True), D(fakes, training=True))
        optimizer_d.apply(tape.gradient(loss_d, D.trainable_variables), D.trainable_variables)
        with tf.GradientTape() as tape:
            loss_g = loss_of_g(D(G(tf.random.normal((work.batch, work.latent_dim)), training=True), training=True))
        optimizer_g.apply(tape.gradient(loss_g, G.trainable_variables), G.trainable_variables)
        return loss_d, loss_g

    return step


def shared(work: Work, images: tf.Tensor, G: Any, D: Any, optimizer_g: Any, optimizer_d: Any) -> Any:
    """Both learn from one pass."""

    def step() -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape_g, tf.GradientTape() as tape_d:
            fakes = G(tf.random.normal((work.batch, work.latent_dim)), training=True)
            on_real, on_fake = D(drawn(work, images), training=True), D(fakes, training=True)
            loss_g, loss_d = loss_of_g(on_fake), loss_of_d(work, on_real, on_fake)
        optimizer_g.apply(tape_g.gradient(loss_g, G.trainable_variables), G.trainable_variables)
        optimizer_d.apply(tape_d.gradient(loss_d, D.trainable_variables), D.trainable_variables)
        return loss_d, loss_g

    return step


if __name__ == "__main__":
    main()
