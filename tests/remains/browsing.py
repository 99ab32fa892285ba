"""A plain browser: signs in by the real form, keeps cookies, follows no redirect by itself."""

import http.cookiejar
import io
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

import pypdfium2
from lxml import html

TIMEOUT = 60
_BACKGROUND = ("script", "style", "template")
_LINKS = (
    ("a", "href"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("*", "hx-get"),
    ("*", "data-url"),
    ("*", "data-poll"),
)


class _NoRedirect(HTTPErrorProcessor):
    """Hands back every answer as it is, a redirect and an error too."""

    def http_response(self, request: Request, response: object) -> object:
        return response

    https_response = http_response


@dataclass(frozen=True)
class Answer:
    """One answer of the site."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def kind(self) -> str:
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        return next((text for key, text in self.headers if key.lower() == name.lower()), "")

    def head(self) -> str:
        """The address and all headers, as one text."""
        return "\n".join([self.url, *(f"{name}: {text}" for name, text in self.headers)])

    def contents(self) -> Iterator[tuple[str, str | bytes]]:
        """The body, and what is inside it when it is a PDF or a zip (XLSX)."""
        yield "body", self.body
        if self.body.startswith(b"%PDF-"):
            yield from ((f"bladzijde {number}", text) for number, text in enumerate(pdf_texts(self.body), 1))
        elif self.body.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(self.body)) as packed:
                yield from ((name, packed.read(name)) for name in packed.namelist())

    def tree(self) -> html.HtmlElement | None:
        if self.kind != "text/html" or not self.body.strip():
            return None
        return html.document_fromstring(self.body.decode("utf-8"))


def pdf_texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


class Browser:
    """One person at one screen."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._opener = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()), _NoRedirect())

    def get(self, url: str, **headers: str) -> Answer:
        return self._open(Request(urljoin(self.site, url), headers=headers))

    def post(self, url: str, fields: dict[str, str]) -> Answer:
        return self._open(Request(urljoin(self.site, url), data=urlencode(fields).encode()))

    def upload(self, url: str, fields: dict[str, str], field: str, name: str, content: bytes) -> Answer:
        """Post a form with one file, as a browser does."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'
            for key, text in fields.items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        return self._open(Request(urljoin(self.site, url), data=body, headers={"Content-Type": kind}))

    def _open(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                return Answer(
                    request.full_url, response.status, tuple(response.getheaders()), response.read()
                )
        except HTTPError as error:
            raise AssertionError(f"{request.full_url}: {error}") from error

    def sign_in(self, username: str, password: str, code: Callable[[], str]) -> None:
        """By the forms of the site. Raises AssertionError when they do not let us in.

        `code` gives what the app of this user shows at that moment.
        """
        page = self.get("/account/login/").tree()
        form = next(one for one in page.forms if "password" in one.fields)
        fields = filled(form) | {"login": username, "password": password}
        answer = self.post(form.action or "/account/login/", fields)
        assert answer.status == 302, f"{username} komt niet binnen: {answer.status}"
        step = self.get("/account/2fa/authenticate/")
        form = next(one for one in step.tree().forms if "code" in one.fields)
        # It may just have turned; of a new one there is another half minute.
        for _ in range(3):
            if self.post("/account/2fa/authenticate/", filled(form) | {"code": code()}).status == 302:
                return
        raise AssertionError(f"de code van {username} wordt niet aangenomen")


def filled(form: html.FormElement) -> dict[str, str]:
    """The fields of a form as the page filled them in."""
    return {name: text or "" for name, text in form.fields.items() if name}


def links(answer: Answer) -> Iterator[tuple[str, bool]]:
    """Addresses on the same site that a page leads to by GET; the second says that htmx fetches it."""
    page = answer.tree()
    if page is None:
        return
    for tag, attribute in _LINKS:
        for element in page.iter(tag if tag != "*" else None):
            if isinstance(element.tag, str) and element.get(attribute):
                yield from _same_site(answer.url, element.get(attribute), attribute == "hx-get")
    for form in page.forms:
        if form.method == "GET":
            for fields in _ways_to_fill(form):
                yield from _same_site(answer.url, f"{form.action or ''}?{urlencode(fields)}", False)


def _ways_to_fill(form: html.FormElement) -> Iterator[dict[str, str]]:
    """As it stands, and with each other choice of each list."""
    standing = filled(form)
    yield standing
    for select in form.iter("select"):
        for option in select.iter("option"):
            if select.name and option.get("value"):
                yield standing | {select.name: option.get("value")}


def _same_site(page: str, target: str, by_htmx: bool) -> Iterator[tuple[str, bool]]:
    whole = urljoin(page, target.strip()).partition("#")[0]
    here, there = urlsplit(page), urlsplit(whole)
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        yield whole, by_htmx


def pattern(url: str) -> str:
    """An address without its numbers, ids and values: what kind of page it is."""
    parts = urlsplit(url)
    path = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", parts.path)
    path = re.sub(r"/[^/]+/(change|delete|history)/$", r"/<sleutel>/\1/", path)
    path = re.sub(r"\d+", "<n>", path)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return path + ("?" + "&".join(names) if names else "")


def visible(page: html.HtmlElement) -> str:
    """What a reader or a screen reader gets from the content of a page: texts, titles and labels."""
    mains = page.xpath("//main") or [page]
    words: list[str] = []
    for element in mains[0].iter():
        if not isinstance(element.tag, str) or element.tag in _BACKGROUND:
            words.append(element.tail or "")
            continue
        words += [element.get(name, "") for name in ("title", "alt", "aria-label", "value", "data-label")]
        words += [element.text or "", element.tail or ""]
    return " ".join(" ".join(words).split())
