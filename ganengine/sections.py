"""The plain groups of settings: how long, in which portions, what holds D back, and what is kept."""

from typing import TYPE_CHECKING, Literal

from ganengine.augment.base import Augmentation
from ganengine.fields import Section, setting
from ganengine.parts import section_of
from ganengine.regularizers.base import Regularizer


class Training(Section):
    """How long and in which portions."""

    length_in: Literal["steps", "epochs"] = setting(
        "steps",
        title="Length in",
        description="Whether the training's length is counted in steps (one update of the generator each) or in epochs "
        "(once through all images).",
        applies="now",
    )
    steps: int = setting(
        5000,
        title="Steps",
        description="Train until this many updates of the generator.",
        unit="steps",
        applies="now",
        only_when=("length_in", "steps"),
        ge=1,
        le=100_000_000,
    )
    epochs: int = setting(
        50,
        title="Epochs",
        description="Train until the images were gone through this many times.",
        unit="epochs",
        applies="now",
        only_when=("length_in", "epochs"),
        ge=1,
        le=1_000_000,
    )
    batch_size: int = setting(
        64, title="Batch size", description="How many images each update sees.", unit="images", ge=2, le=65_536
    )
    draw: Literal["shuffled", "random"] = setting(
        "shuffled",
        title="Draw images",
        description="Shuffled shows every image once before any comes again. At random draws each batch from all "
        "images anew, as some tutorials do; an epoch is then as many images as there are.",
        labels={"shuffled": "shuffled, each once an epoch", "random": "at random, with repeats"},
    )
    d_steps: int = setting(
        1,
        title="D steps per G step",
        description="How often the discriminator is updated before each update of the generator.",
        ge=1,
        le=100,
    )
    class_conditional: bool = setting(
        False,
        title="Use the classes",
        description="Tell both networks which class each image is of. Images get better, and you can ask for a class; "
        "needs data with labels.",
    )
    ema_halflife_images: int = setting(
        10_000,
        title="EMA half-life",
        description="Samples come from a running average of the generator's weights, which looks much better than "
        "the weights "
        "of the moment. The average forgets half in this many images (and is quicker at the start). 0 turns it off.",
        unit="images",
        ge=0,
        le=100_000_000,
    )
    seed: int = setting(
        0,
        title="Seed",
        description="Start of all random numbers. The same seed and settings give the same run but for rounding, which "
        "grows over many steps; bit for bit, where Computing → Deterministic is on.",
        ge=0,
        le=2**31 - 1,
    )
    device: str = setting(
        "auto",
        title="Device",
        description="What to train on. Auto takes the first CUDA GPU, or the CPU where there is none.",
    )
    cpu_threads: int = setting(
        0,
        title="CPU threads",
        description="How many cores a training on the CPU uses. 0 tries one, half and all of them while training, "
        "keeps what is quickest, and goes down to one when another program is busy (where the same bits are wanted "
        "each time: half of them). Results agree bit for bit only between runs with the same number.",
        unit="threads",
        ge=0,
        le=256,
    )


class Recording(Section):
    """What is written down on the way, and how often."""

    log_every: int = setting(
        10,
        title="Log every",
        description="How many steps each point of the plots is the mean of.",
        unit="steps",
        applies="now",
        ge=1,
        le=1_000_000,
    )
    sample_every: int = setting(
        100,
        title="Sample every",
        description="How often images are made from the same latent vectors and kept for the timeline.",
        unit="steps",
        applies="now",
        ge=1,
        le=10_000_000,
    )
    sample_count: int = setting(
        64, title="Images per sample", description="How many images each sample shows.", unit="images", ge=1, le=1024
    )
    checkpoint_every: int = setting(
        1000,
        title="Checkpoint every",
        description="How often everything needed to go on exactly is saved. 0 saves only at the end.",
        unit="steps",
        applies="now",
        ge=0,
        le=10_000_000,
    )
    keep_checkpoints: int = setting(
        3,
        title="Newest to keep",
        description="How many of the newest automatic checkpoints stay. Those you saved yourself, and the best one, "
        "always stay.",
        applies="now",
        ge=1,
        le=100_000,
    )
    spread_checkpoints: int = setting(
        10,
        title="Older to keep",
        description="How many of the older automatic checkpoints stay, spread evenly over the whole run, so that you "
        "can go back and fork anywhere. 0 deletes all older ones.",
        applies="now",
        ge=0,
        le=100_000,
    )
    keep_samples: int = setting(
        1000,
        title="Samples to keep",
        description="How many moments the timeline holds. Where there are more, every second one of the older half "
        "is deleted, again and again, so that the whole run stays covered.",
        applies="now",
        ge=10,
        le=1_000_000,
    )
    invert: bool = setting(
        False,
        title="Dark on light",
        description="Shows and exports grey images with black and white exchanged, as ink on paper (matplotlib's "
        "gray_r). The samples that a run keeps stay as they were made.",
        applies="now",
    )
    plot_against: Literal["steps", "epochs", "minutes"] = setting(
        "steps",
        title="Plot against",
        description="What the x-axes of the plots count at first: steps, epochs, or minutes of training. You can "
        "change it above the plots at any time.",
        applies="now",
        labels={"steps": "Steps", "epochs": "Epochs", "minutes": "Minutes"},
    )


if TYPE_CHECKING:  # what they hold is known only once all parts are found

    class Regularization(Section): ...

    class Augment(Section): ...
else:
    Regularization = section_of(Regularizer, "Regularization", "What keeps the discriminator from running away.")
    Augment = section_of(Augmentation, "Augment", "Random changes that let few images go a longer way.")
