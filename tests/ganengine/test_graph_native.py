"""The compiled library through its C interface."""

import shutil
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from ganengine.graph.compiler import compile_graph
from ganengine.graph.native import NativeLibrary


def powers(result: Tensor, matrix: Tensor) -> tuple[()]:
    for _ in range(12):
        result.copy_(matrix @ result)
    return ()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve products, which take far longer than Python keeps a thread waiting."""
    if shutil.which("g++") is None and shutil.which("c++") is None:
        pytest.skip("no C++ compiler")
    example = [torch.eye(768), torch.eye(768)]
    graph = make_fx(torch.func.functionalize(powers, remove="mutations"), tracing_mode="fake")(*example)
    path = tmp_path_factory.mktemp("library") / "powers.so"
    compile_graph(graph, [node.meta["val"] for node in graph.graph.nodes if node.op == "placeholder"], path)
    return path


@pytest.mark.slow
def test_it_changes_the_tensors_that_it_is_given(library: Path) -> None:
    result, matrix = torch.eye(768), torch.diag(torch.full((768,), 2.0))

    NativeLibrary(library).run([result, matrix])

    assert torch.equal(result, 4096 * torch.eye(768))


@pytest.mark.slow
def test_other_threads_go_on_meanwhile(library: Path) -> None:
    native = NativeLibrary(library)
    ticks, over = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not over.is_set():
            ticks += 1
            time.sleep(0)  # gives the lock up

    inputs = [torch.eye(768), torch.eye(768)]
    thread = threading.Thread(target=tick)
    interval = sys.getswitchinterval()
    thread.start()
    try:
        sys.setswitchinterval(1000)  # nobody takes the lock from who does not give it up
        before = ticks
        native.run(inputs)
        after = ticks
    finally:
        sys.setswitchinterval(interval)
        over.set()
        thread.join()

    assert after > before


def test_a_file_that_is_no_library_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "step.so"
    path.write_bytes(b"no library")

    with pytest.raises(OSError, match=r"step\.so"):
        NativeLibrary(path)


def test_a_library_that_needs_more_than_the_interface_gives_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "step.so"
    path.write_bytes(b"... aoti_torch_proxy_executor_call_function ...")

    with pytest.raises(RuntimeError, match="only PyTorch's own loader"):
        NativeLibrary(path)


def test_a_library_of_something_else_is_refused() -> None:
    import _ctypes

    with pytest.raises(RuntimeError, match="not what PyTorch's compiler makes"):
        NativeLibrary(Path(_ctypes.__file__))
