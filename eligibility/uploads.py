"""Receiving a file in the browser: from the first byte it is encrypted, and never in clear on disk."""

from collections.abc import Callable

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from eligibility.actions import keys
from eligibility.files import EncryptedWriter
from eligibility.models import DeliveryKey

#: The name of the file field in the form.
FIELD = "bestand"


class EncryptingUploadHandler(FileUploadHandler):
    """The only upload handler of its view; every byte of the file goes straight into an EncryptedWriter.

    The check of CSRF reads the whole body before the view is called. So the handler itself calls `check`
    (user, permission, agreement) before it takes the first byte; what that raises ends the request, and
    so does NoKeyReady. `problem` is a Dutch sentence when the upload was stopped.
    """

    def __init__(self, request: HttpRequest, check: Callable[[], None]) -> None:
        super().__init__(request)
        self.chunk_size = 64 * 1024
        self.key: DeliveryKey | None = None
        self.writer: EncryptedWriter | None = None
        self.complete = False
        self.problem = ""
        self.received_name = ""
        self._check = check

    def new_file(self, field_name: str, file_name: str, *args: object, **kwargs: object) -> None:
        """Called before the first byte of each file in the body; there may be one."""
        if field_name != FIELD or self.writer is not None:
            self._stop("Lever één bestand tegelijk.")
        self._check()
        self.key = keys.take()
        self.writer = EncryptedWriter(self.key.public_key)
        self.received_name = file_name

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece; nothing is passed on to another handler."""
        if self.writer is None:
            raise RuntimeError("a piece came before its file")
        if self.writer.size + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self._stop(too_large())
        self.writer.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """The whole file came in. A connection that breaks off never gets here."""
        if self.writer:
            self.writer.finish()
            self.complete = True

    def close(self) -> None:
        """Throw away what was received and not kept; the next upload may have its key."""
        if self.writer:
            self.writer.close()
        if self.key and not (self.writer and self.writer.kept):
            keys.give_back(self.key)

    def _stop(self, problem: str) -> None:
        self.problem = problem
        self.complete = False
        raise StopUpload(connection_reset=True)


def too_large() -> str:
    """What to say of a file over the bound."""
    return f"Het bestand is te groot. Lever een bestand van hooguit {size_text(settings.UPLOAD_MAX_BYTES)}."


def size_text(size: int) -> str:
    """A number of bytes as a person reads it: `2 GB`, `38,4 MB`, `612 kB`."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB")):
        if size >= unit:
            number = f"{size / unit:.1f}".replace(".", ",").removesuffix(",0")
            return f"{number} {name}"
    return f"{size} bytes"
