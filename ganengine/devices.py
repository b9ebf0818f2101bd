"""Where a training can run, and how much memory there is."""

from dataclasses import dataclass

import psutil
import torch

from ganengine.errors import ConfigError

GIB = 1024**3


@dataclass(frozen=True)
class Device:
    """One choice of the device field: its value (`cuda:0`), its name for people and its memory in bytes."""

    value: str
    name: str
    memory: int

    def __str__(self) -> str:
        return f"{self.name}, {self.memory / GIB:.0f} GiB"


def available() -> list[Device]:
    """All usable devices, the best first; the CPU is always there."""
    found = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            found.append(Device(f"cuda:{index}", properties.name, properties.total_memory))
    found.append(Device("cpu", f"CPU, {psutil.cpu_count()} threads", psutil.virtual_memory().total))
    return found


def resolve(choice: str) -> torch.device:
    """The device for a value of the field: `auto`, `cpu`, `cuda` or `cuda:N`.

    Raises:
        ConfigError: it does not exist here.
    """
    devices = [device.value for device in available()]
    wanted = {"auto": devices[0], "cuda": "cuda:0"}.get(choice, choice)
    if wanted not in devices:
        problem = f"there is no {choice!r} on this machine; choose auto, {' or '.join(devices)}"
        raise ConfigError("training.device", problem)
    return torch.device(wanted)


def memory_in_use(device: torch.device) -> int:
    """Bytes: torch's share of the GPU, or this process's memory on the CPU."""
    if device.type == "cuda":
        return torch.cuda.memory_reserved(device)
    return int(psutil.Process().memory_info().rss)


@dataclass(frozen=True)
class Memory:
    """Bytes of a device's memory."""

    free: int
    total: int


def memory(device: torch.device) -> Memory:
    """How much there is now, and how much in all; other programs count too."""
    if device.type == "cuda":
        return Memory(*torch.cuda.mem_get_info(device))
    figures = psutil.virtual_memory()
    return Memory(figures.available, figures.total)


def memory_figures(device: torch.device) -> str:
    """How full the memory is, for people."""
    found = memory(device)
    return f"{found.free / GIB:.1f} of {found.total / GIB:.1f} GiB are free"


def cpu_threads(wanted: int) -> int:
    """How many threads to compute with on the CPU; 0 asks for half of the cores, at least one.

    More is slower as soon as another program is busy: the threads of a small network wait for each other at every
    layer, and a waiting thread burns the core that the other one needs.
    """
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return wanted or max(1, cores // 2)
