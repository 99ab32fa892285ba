"""A stand-in for clamd: it speaks INSTREAM as the manual says, and can misbehave in all ways that matter."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: The harmless test file of EICAR, in two parts: no scanner needs to stop at this source.
VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
FOUND = b"stream: Eicar-Test-Signature FOUND\0"
TOO_BIG = b"INSTREAM size limit exceeded. ERROR\0"
#: What it says to any stream, when it is not to look into it.
SAYS = {
    "garbage": b"\xff\x00\xfe\0",
    "nothing": b"",
    "half": b"stream: O",
    "an error": b"stream: Can't allocate memory ERROR\0",
    "two things": b"stream: OK\0stream: Eicar-Test-Signature FOUND\0",
    "a yes with more": b"stream: OK FOUND maybe\0",
    "a page": b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 9000,
}


class StandIn:
    """One clamd on a socket of its own. `mood` is "well", "hangs", "deaf", "hasty" or a key of SAYS."""

    def __init__(self, mood: str, most: int, line: socket.socket) -> None:
        self.mood, self.most, self.line = mood, most, line
        self.heard: list[int] = []
        self.over = threading.Event()

    def serve(self) -> None:
        while not self.over.is_set():
            try:
                caller, _ = self.line.accept()
            except OSError:
                return
            with caller, suppress(ConnectionError):
                self.answer(caller)

    def answer(self, caller: socket.socket) -> None:
        if self.mood == "deaf":
            self.over.wait()
            return
        if self.mood == "hasty":
            caller.recv(20)
            caller.sendall(b"stream: OK\0")
            return
        content = self.stream(caller)
        if content is None:
            caller.sendall(TOO_BIG)
            return
        self.heard.append(len(content))
        if self.mood == "hangs":
            self.over.wait()
        elif self.mood == "well":
            caller.sendall(FOUND if VIRUS in content else b"stream: OK\0")
        else:
            caller.sendall(SAYS[self.mood])

    def stream(self, caller: socket.socket) -> bytes | None:
        """All of it, or None when it is more than StreamMaxLength."""
        assert self.exactly(caller, 10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.exactly(caller, 4))[0]:
            content += self.exactly(caller, size)
            if len(content) > self.most:
                return None
        return content

    def exactly(self, caller: socket.socket, size: int) -> bytes:
        got = b""
        while len(got) < size:
            part = caller.recv(size - len(got))
            if not part:
                raise ConnectionAbortedError
            got += part
        return got


@contextmanager
def clamd(folder: Path, mood: str = "well", *, most: int = 10_000_000, tcp: bool = False) -> Iterator[tuple]:
    """The address of a stand-in that listens, and the stand-in itself."""
    line = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX, socket.SOCK_STREAM)
    line.bind(("127.0.0.1", 0) if tcp else str(folder / "clamd.ctl"))
    line.listen()
    made = StandIn(mood, most, line)
    thread = threading.Thread(target=made.serve)
    thread.start()
    address = f"tcp://127.0.0.1:{line.getsockname()[1]}" if tcp else f"unix:{folder / 'clamd.ctl'}"
    try:
        yield address, made
    finally:
        made.over.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()
        thread.join()
