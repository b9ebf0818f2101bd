"""A compiled step's library, called through its C interface: `ctypes` gives Python's lock up meanwhile.

PyTorch's own binding holds the lock until the step is done (pytorch issue 197516), and a window beside it would stand
still. The interface is the one that PyTorch keeps stable for such libraries, `aoti_runtime/interface.h`.
"""

import ctypes
import weakref
from pathlib import Path
from typing import Any

from torch import Tensor

_FOREIGN_OPERATION = b"aoti_torch_proxy_executor_call_function"


class NativeLibrary:
    """Runs a library that was compiled for the CPU and returns nothing."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            OSError: it cannot be loaded.
            RuntimeError: it is of another kind than this interface can run.
        """
        if _FOREIGN_OPERATION in path.read_bytes():
            raise RuntimeError("it needs an operation that only PyTorch's own loader can find")
        library: Any = ctypes.CDLL(str(path))
        try:
            create = library.AOTInductorModelContainerCreateWithDevice
            delete = library.AOTInductorModelContainerDelete
            self._run = library.AOTInductorModelContainerRun
        except AttributeError as error:
            raise RuntimeError(f"it is not what PyTorch's compiler makes ({error})") from error
        handle = ctypes.c_void_p()
        create.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t, ctypes.c_char_p, ctypes.c_char_p]
        if create(ctypes.byref(handle), 1, b"cpu", None) != 0:
            raise RuntimeError("PyTorch does not accept it")
        delete.argtypes = [ctypes.c_void_p]
        weakref.finalize(self, delete, handle)
        array, size, pointer = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
        self._run.argtypes = [pointer, array, size, array, size, pointer, pointer]
        self._handle = handle

    def run(self, inputs: list[Tensor]) -> None:
        """Call it with these tensors, which it may change.

        Raises:
            RuntimeError: it failed; what it says of it stands in the error output.
        """
        from torch._C import _aoti

        capsules = _aoti.unsafe_alloc_void_ptrs_from_tensors(inputs)
        # The handles are given away: the library deletes them.
        handles = (ctypes.c_void_p * len(inputs))(*[_pointer_in(capsule, None) for capsule in capsules])
        if self._run(self._handle, handles, len(inputs), None, 0, None, None) != 0:
            raise RuntimeError("the compiled step failed; the program's error output says why")


_pointer_in = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_in.restype = ctypes.c_void_p
_pointer_in.argtypes = [ctypes.py_object, ctypes.c_char_p]
