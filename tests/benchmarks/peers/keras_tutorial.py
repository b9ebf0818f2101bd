"""The loop of the classic Keras GAN tutorials (gan.py of E. Linder-Norén's Keras-GAN), line by line.

`predict` as it comes, with its progress line, then `train_on_batch` three times, with the accuracy as a metric.
`--quiet` leaves both out, which the tutorials do not.
"""

import argparse
from itertools import count
from pathlib import Path

import keras
import numpy as np
from keras_side import adam, images_of, networks, parameters, prepare, versions
from turns import Turns
from works import WORKS


def main() -> None:
    """Train in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("images", type=Path)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    work, turns = WORKS[options.work], Turns()
    prepare()
    images = images_of(options.images)
    generator, discriminator = networks(work, sigmoid=True)
    counts = parameters(generator, discriminator)
    metrics = None if options.quiet else ["accuracy"]
    discriminator.compile(loss="binary_crossentropy", optimizer=adam(work), metrics=metrics)
    real, fake = np.full((work.batch, 1), work.real_label, "float32"), np.zeros((work.batch, 1), "float32")
    # Keras 3 fixes what is trained at the first batch, not in compile(): D must have seen one before it is frozen.
    discriminator.train_on_batch(images[: work.batch], real)
    discriminator.trainable = False
    combined = keras.Sequential([keras.Input((work.latent_dim,)), generator, discriminator])
    combined.compile(loss="binary_crossentropy", optimizer=adam(work))
    valid = np.ones((work.batch, 1), "float32")
    before = [weight.numpy().copy() for weight in discriminator.weights]
    is_ready = False
    for epoch in count():
        chosen = np.random.randint(0, len(images), work.batch)
        noise = np.random.normal(0, 1, (work.batch, work.latent_dim)).astype("float32")
        made = generator.predict(noise, verbose=0 if options.quiet else "auto")
        loss_d = np.add(discriminator.train_on_batch(images[chosen], real), discriminator.train_on_batch(made, fake))
        noise = np.random.normal(0, 1, (work.batch, work.latent_dim)).astype("float32")
        loss_g = combined.train_on_batch(noise, valid)
        if not options.quiet:
            print(f"{epoch} [D loss: {loss_d[0] / 2:f}, acc.: {50 * loss_d[1]:.2f}%] [G loss: {np.ravel(loss_g)[0]:f}]")
        if is_ready:
            turns.step()
            continue
        is_ready = True
        assert any((weight.numpy() != old).any() for weight, old in zip(discriminator.weights, before, strict=True))
        turns.ready(counts, versions())


if __name__ == "__main__":
    main()
