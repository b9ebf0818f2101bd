"""Downloads from a server of our own: complete and right, or nothing is left behind."""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from ganengine.data.named import download as module
from ganengine.data.named.download import DownloadFailed, RemoteFile, download
from ganengine.data.progress import silent
from ganengine.errors import Cancelled
from tests.ganengine.helpers import FullDisk

CONTENT = bytes(range(256)) * 4096  # 1 MiB
MD5 = hashlib.md5(CONTENT).hexdigest()


class Server:
    """An HTTP server in a thread.

    Attributes:
        asked: (path, User-Agent) of each request so far.
        release: set when a stalling answer may end.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.release = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers["User-Agent"]))
                with suppress(ConnectionError):  # the client may have hung up
                    outer.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        kind = request.path.rpartition("/")[2]
        if kind == "gone":
            request.send_error(404)
            return
        if kind == "silent":
            request.close_connection = True
            return
        request.send_response(200)
        if kind != "unsized":
            request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT[: len(CONTENT) // 2])
        if kind == "stalls":
            request.wfile.flush()
            self.release.wait(30)
        if kind not in {"broken", "stalls"}:
            request.wfile.write(CONTENT[len(CONTENT) // 2 :])
        request.close_connection = True

    def file(self, *kinds: str, md5: str = MD5) -> RemoteFile:
        return RemoteFile("data.gz", tuple(f"{self.address}/{kind}" for kind in kinds), md5)

    def close(self) -> None:
        self.release.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    made = Server()
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set" / "raw"
    made.mkdir(parents=True)
    return made


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", ["whole", "unsized"])
def test_a_file_arrives_with_progress(server: Server, folder: Path, kind: str) -> None:
    told: list[tuple[str, int, int]] = []
    folder /= "new"
    path = download(server.file(kind), folder, lambda *news: told.append(news))
    assert path.read_bytes() == CONTENT
    assert left_in(folder) == ["data.gz"]
    assert told[0] == ("Downloading data.gz", 0, 0)
    done = [news[1] for news in told]
    assert done == sorted(done)
    assert len(told) >= 4
    assert told[-1] == ("Downloading data.gz", len(CONTENT), 0 if kind == "unsized" else len(CONTENT))
    assert server.asked == [(f"/{kind}", "gan-studio")]


def test_a_file_that_is_there_is_not_downloaded(server: Server, folder: Path) -> None:
    (folder / "data.gz").write_bytes(b"mine")
    assert download(server.file("whole"), folder, silent).read_bytes() == b"mine"
    assert not server.asked


@pytest.mark.parametrize(
    ("kind", "md5", "reason"),
    [
        ("whole", "0" * 32, "127.0.0.1: what arrived is not the right file (its checksum differs)"),
        ("broken", MD5, "127.0.0.1: the connection ended after 524,288 of 1,048,576 bytes"),
        ("gone", MD5, "127.0.0.1: the server answered 404 Not Found"),
        ("silent", MD5, "127.0.0.1: Remote end closed connection without response"),
    ],
)
def test_a_failure_leaves_nothing_and_says_why(server: Server, folder: Path, kind: str, md5: str, reason: str) -> None:
    with pytest.raises(DownloadFailed) as failure:
        download(server.file(kind, md5=md5), folder, silent)
    assert str(failure.value) == reason
    assert left_in(folder) == []


def test_nobody_listens(server: Server, folder: Path) -> None:
    file = server.file("whole")
    server.close()
    with pytest.raises(DownloadFailed, match=r"^127\.0\.0\.1: Connection refused$"):
        download(file, folder, silent)


def test_no_address(folder: Path) -> None:
    with pytest.raises(DownloadFailed, match="no address is known"):
        download(RemoteFile("data.gz", (), MD5), folder, silent)


def test_a_stalled_server_is_given_up(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(DownloadFailed, match="no answer for"):
        download(server.file("stalls"), folder, silent)
    assert left_in(folder) == []


def test_the_next_mirror_is_tried(server: Server, folder: Path) -> None:
    path = download(server.file("gone", "broken", "whole"), folder, silent)
    assert path.read_bytes() == CONTENT
    assert [asked for asked, _ in server.asked] == ["/gone", "/broken", "/whole"]
    assert left_in(folder) == ["data.gz"]


def test_all_mirrors_are_named_when_all_fail(server: Server, folder: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"404 Not Found; 127\.0\.0\.1: the connection ended"):
        download(server.file("gone", "broken"), folder, silent)


def test_cancel_in_the_middle_removes_the_part(server: Server, folder: Path) -> None:
    seen: list[list[str]] = []

    def tell(what: str, done: int, total: int) -> None:
        if done:
            seen.append(left_in(folder))
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        download(server.file("stalls", "whole"), folder, tell)
    assert [[Path(name).suffix for name in names] for names in seen] == [[".part", ".lock"]]
    assert left_in(folder) == []
    assert [asked for asked, _ in server.asked] == ["/stalls"], "the next mirror must not be tried"


def test_what_a_crash_left_is_removed(server: Server, folder: Path) -> None:
    old, growing = folder / ".data.gz.1-1.part", folder / ".data.gz.2-2.part"
    for part in (old, growing):
        part.write_bytes(b"half")
    os.utime(old, (1e9, 1e9))
    download(server.file("whole"), folder, silent)
    assert left_in(folder) == [growing.name, "data.gz"]


def test_a_full_disk_is_said(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FullDisk(monkeypatch, room=len(CONTENT) // 3)
    with pytest.raises(DownloadFailed, match=r"cannot be written: No space left on device"):
        download(server.file("whole"), folder, silent)
    assert left_in(folder) == []


def test_a_folder_that_cannot_be_made_is_said(server: Server, folder: Path) -> None:
    (folder / "MNIST").write_text("a file")
    with pytest.raises(DownloadFailed, match=r"MNIST/raw cannot be written: Not a directory"):
        download(server.file("whole"), folder / "MNIST" / "raw", silent)


def test_two_programs_download_a_file_once(server: Server, folder: Path) -> None:
    other = FileLock(folder / ".data.gz.lock")
    other.acquire()
    told: list[str] = []

    def tell(what: str, done: int, total: int) -> None:
        told.append(what)
        (folder / "data.gz").write_bytes(b"theirs")
        other.release()

    assert download(server.file("whole"), folder, tell).read_bytes() == b"theirs"
    assert told == ["Waiting for another download of data.gz"]
    assert not server.asked
