"""Watches while it happens: files that come and go, files that are open, and all that the broker gets."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from tests.remains.installation import Installation, processes

EVERY = 0.2
SHARED_MEMORY = Path("/dev/shm")
_MOST = 64 << 20
_WRITING = os.O_WRONLY | os.O_RDWR


class Sampler(threading.Thread):
    """Keeps every version of every file that it sees, what processes were called and what they hold open.

    In shared memory it passes by what PostgreSQL keeps there: that is the memory of the database itself.
    """

    def __init__(self, installation: Installation) -> None:
        super().__init__(daemon=True)
        self._installation = installation
        watched = ("uploads", "letters", "scans", "drukker", "log")
        self._folders = [*(installation.run / name for name in watched), installation.tmp]
        self._shared_before = set(_names(SHARED_MEMORY))
        self._ended = threading.Event()
        #: Path and a version of its bytes; a file is read again when it changed.
        self.files: dict[tuple[Path, int, int], bytes] = {}
        self.command_lines: set[bytes] = set()
        #: Regular files that our processes had open for writing, deleted ones and those in memory too.
        self.written: set[str] = set()
        self.rounds = 0

    def run(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            self._look()
            self._ended.wait(max(0.01, EVERY - (time.monotonic() - began)))

    def finish(self) -> None:
        self._ended.set()
        self.join()
        self._look()

    def _look(self) -> None:
        for folder in self._folders:
            for path in _below(folder):
                self._keep(path)
        for name in set(_names(SHARED_MEMORY)) - self._shared_before:
            if not name.startswith("PostgreSQL."):
                self._keep(SHARED_MEMORY / name)
        for pid, command_line, _ in processes(self._installation):
            self.command_lines.add(command_line)
            self.written |= set(_written_by(pid))
        self.rounds += 1

    def _keep(self, path: Path) -> None:
        try:
            found = path.stat()
            version = (path, found.st_mtime_ns, found.st_size)
            if version not in self.files and found.st_size <= _MOST:
                self.files[version] = path.read_bytes()
        except OSError:
            # It went while we looked; the next round sees what came in its place.
            return


def _names(folder: Path) -> list[str]:
    return os.listdir(folder) if folder.is_dir() else []


def _below(folder: Path) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _written_by(pid: int) -> Iterator[str]:
    """The paths of regular files that a process can write to at this moment."""
    for name in _names_quietly(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
            if not target.startswith("/") or target.startswith(("/dev/", "/proc/")):
                continue
            flags = Path(f"/proc/{pid}/fdinfo/{name}").read_text().split("flags:")[1].split()[0]
        except (OSError, IndexError):
            continue
        if int(flags, 8) & _WRITING:
            yield target


def _names_quietly(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


class Broker(threading.Thread):
    """Hears every command that Valkey gets, from its start on, and reads all keys when asked."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.client = redis.Redis.from_url(url)
        # As a broker that keeps a log of every command does; ours keeps nothing on disk by itself.
        self.client.config_set("rdbcompression", "no")
        self.client.config_set("appendonly", "yes")
        options = self.client.connection_pool.connection_kwargs
        self._line = socket.create_connection((options["host"], options["port"]))
        self._line.sendall(f"AUTH {options['password']}\r\nMONITOR\r\n".encode())
        self._heard: list[bytes] = []

    def run(self) -> None:
        with self._line:
            while piece := self._line.recv(1 << 16):
                self._heard.append(piece)

    def heard(self) -> bytes:
        """All commands as Valkey repeats them, each on a line, quotes inside values put back."""
        return b"".join(self._heard).replace(b'\\"', b'"').replace(b"\\\\", b"\\")

    def keys(self) -> Iterator[tuple[str, bytes]]:
        """Every key with its value, whatever its type."""
        for key in self.client.scan_iter(count=1000):
            yield key.decode(errors="replace"), key + b"\n" + self._value(key)

    def _value(self, key: bytes) -> bytes:
        read = {
            b"string": lambda: [self.client.get(key) or b""],
            b"list": lambda: self.client.lrange(key, 0, -1),
            b"hash": lambda: [part for pair in self.client.hgetall(key).items() for part in pair],
            b"set": lambda: self.client.smembers(key),
            b"zset": lambda: self.client.zrange(key, 0, -1),
            # Between SCAN and TYPE a message may have been taken.
            b"none": list,
        }
        return b"\n".join(read[self.client.type(key)]())

    def saved(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """What Valkey writes to disk, its log of commands too, and all else in its folder."""
        self.client.save()
        for path in _below(folder):
            yield path.name, path.read_bytes()

    def finish(self) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self.join()
        self.client.close()
