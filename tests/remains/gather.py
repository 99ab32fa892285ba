"""Makes the demo in an installation of its own, walks through it as everybody, and searches what it left."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings

from outreach.kernel.keys import KeyFolder, Pseudonymiser
from outreach.management.commands.demo import SEED
from outreach.management.demo.people import USERS
from tests.remains import copies, insides, planted
from tests.remains.browsing import Answer, Browser, filled
from tests.remains.channels import Channel, Search
from tests.remains.crawl import NOBODY, Crawl, Visit
from tests.remains.installation import Installation
from tests.remains.needles import Needles
from tests.remains.sampler import Broker, Sampler
from tests.remains.town import Town, canaries, read_town, telling

INHABITANTS = 3000
CRAWL_SECONDS = 600
PATIENCE = 60.0
# More than Django keeps in memory of an upload before it would write it to disk.
BIG_UPLOAD = 3 << 20
# What no process of the pages may know.
FOREIGN = ("koppel", "migrate", "postgres", "master-key", "secret-key-koppel", "secret-key-migrate")
FOREIGN_NAMES = (
    "DATABASE_URL_KOPPEL",
    "DATABASE_URL_MIGRATE",
    "DATABASE_ADMIN_URL",
    "MASTER_KEY",
    "KEY_FOLDER",
)
# Folders in which every file is encrypted, from its first byte on.
ENCRYPTED = ("uploadmap", "brievenmap", "scanmap")
FOLDERS = {"uploads": "uploadmap", "letters": "brievenmap", "scans": "scanmap", "log": "logs"}
# The desk of the vendor, who has the letters that he prints: only the names of his files are of ours.
VENDOR = "drukker"
# What must be found in a place, or the search looked in the wrong one. PERSON is somebody who came out.
PERSON = "<persoon>"
_AGE = "age-encryption.org"
AGE_HEADER = b"age-encryption.org/v1\n"
_SAID = ("Listening at", "process_delivery", "make_part", "beat: Starting", "Ready to accept")
_FAILED = "permission denied for table gebeurtenis"
WANTED: dict[str, tuple[str, ...]] = {
    "adressen en koppen": ("Content-Type", "Set-Cookie"),
    "tabellen die web leest": (PERSON, "public.outreach_household", "public.django_session"),
    "audit": ("levering_ontvangen", "ronde_vastgesteld"),
    "sessies": ("_auth_user_id",),
    "statistieken van de box": ("levering", "onderwijs"),
    "berichten aan de broker": ("eligibility.tasks.process_delivery", "letters.tasks.make_part"),
    "sleutels in de broker": ("_kombu.binding",),
    "schijf van de broker": ("_kombu.binding",),
    "uploadmap": (_AGE,),
    "brievenmap": (_AGE,),
    "scanmap": (_AGE,),
    "bestandsnamen": ("letters/ronde-", "scans/", "drukker/"),
    "logs": (*_SAID, _FAILED, "database system is ready"),
    "opdrachtregels": ("celery", "gunicorn", "manage.py\0demo"),
    "WAL": (PERSON,),
    "dump": (PERSON, "COPY public.outreach_household"),
    "basisbackup": (PERSON,),
    "mails": ("Bereik: er wacht iets op je",),
    "al het andere op schijf": (PERSON,),
    f"pagina's van {NOBODY}": ("Inloggen",),
} | {f"pagina's van {user.username}": (user.first_name,) for user in USERS if user.username != planted.BEARER}


@dataclass
class Evidence:
    """What was looked at and found. `handed_over` are surnames of who came out; `people` those that tell."""

    channels: dict[str, Channel] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    handed_over: set[str] = field(default_factory=set)
    people: list[str] = field(default_factory=list)
    regeling_texts: list[str] = field(default_factory=list)
    canaries: int = 0
    bsns: int = 0
    born: int = 0
    pseudonyms: int = 0
    same_files: int = 0
    delivered_files: int = 0
    #: Pid and what a process of the pages knows and may not know.
    foreign: dict[int, set[str]] = field(default_factory=dict)
    own_secret_seen: int = 0
    planted_pid: int = 0
    written_elsewhere: set[str] = field(default_factory=set)
    #: Partitions of the box, and those of them that are in the WAL and in backups.
    partitions: int = 0
    logged_partitions: list[str] = field(default_factory=list)
    readable_files: set[str] = field(default_factory=set)
    left_in_tmp: list[str] = field(default_factory=list)
    rounds: int = 0
    compared: int = 0
    first_wal: str = ""
    #: The answer of a page that fails half-way.
    failed: int = 0
    #: Kept copies of uploads that a key opens, before and after all was destroyed.
    opened: tuple[int, int] = (0, 0)
    seconds: dict[str, float] = field(default_factory=dict)

    def channel(self, name: str) -> Channel:
        """The channel of this name, made at first use."""
        if name not in self.channels:
            wanted = (self.people[0] if word == PERSON else word for word in WANTED.get(name, ()))
            self.channels[name] = Channel(name, frozenset(wanted))
        return self.channels[name]


class Gathering:
    """The order of things: make, watch, plant, walk, look inside, stop, look at the disk."""

    def __init__(self, installation: Installation) -> None:
        self.place = installation
        self.evidence = Evidence()
        self.sampler = Sampler(installation)
        self.broker = Broker(installation.role("web")["REDIS_URL"])
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def everything(self) -> Evidence:
        self.sampler.start()
        self.broker.start()
        try:
            self._watched()
        finally:
            self.sampler.finish()
            self.broker.finish()
        self._look_at_samples()
        self._timed("doorzocht")
        self.place.stop()
        self._look_at_disk()
        self._timed("schijf")
        self.evidence.compared = len(self.inside.secret.compared | self.quiet.secret.compared)
        return self.evidence

    def _watched(self) -> None:
        """All that happens while every file and message is being watched."""
        self._make()
        with self.place.connect("admin") as admin, self.place.connect("web") as web:
            self._learn(admin)
            self.place.serve()
            self._plant(admin)
            self._upload(admin)
            self._timed("klaargezet")
            self._walk()
            self._timed("rondgelopen")
            self._fail(admin)
            self._look_inside(admin, web)
            self._look_at_copies(admin)
            self._timed("kopieën")
            self._destroy(admin)
            self._timed("vernietigd")

    def _timed(self, name: str) -> None:
        now = time.monotonic()
        self.evidence.seconds[name] = now - self._began
        self._began = now

    def _make(self) -> None:
        """The demo, by the command that everybody uses; beside it the style sheets are put in place."""
        words = ("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        plain = {"DJANGO_SETTINGS_MODULE": "tests.remains.static_settings"}
        static = self.place.begin("static", *words, **plain)
        self.place.command("demo", "manage.py", "demo", "--inwoners", str(INHABITANTS))
        assert static.wait() == 0, self.place.said("static").read_text()
        self._timed("demo gemaakt")

    def _learn(self, admin: psycopg.Connection) -> None:
        """All BSNs of the town, their pseudonyms under the keys of this run, and who came out."""
        evidence = self.evidence
        (peildatum,) = admin.execute("SELECT peildatum FROM eligibility_run").fetchone()
        self.town = read_town(
            self.place.folder / "stad",
            inhabitants=INHABITANTS,
            peildatum=peildatum,
            seed=SEED,
            gemeentecode=settings.GEMEENTECODE,
        )
        self._compare(admin, self.town)
        names = admin.execute("SELECT family_name, partner_family_name FROM outreach_person").fetchall()
        evidence.handed_over = {name for pair in names for name in pair if name}
        evidence.people = telling(evidence.handed_over)
        texts = admin.execute("SELECT name, summary, conditions FROM outreach_regeling").fetchall()
        evidence.regeling_texts = [text for row in texts for text in row if text]
        pseudonyms = self._pseudonyms()
        alone = canaries(self.town, evidence.handed_over)
        evidence.bsns, evidence.pseudonyms, evidence.canaries = (
            len(self.town.bsns),
            len(pseudonyms),
            len(alone),
        )
        # Who came out stands on pages and in tables; in a log, an address or a message he may stand nowhere.
        self.inside = Search(Needles(self.town.bsns, pseudonyms, alone), planted.NEEDLES)
        born = admin.execute("SELECT DISTINCT birth_date FROM outreach_person").fetchall()
        dates = [day for (day,) in born if len(day) == 8 and not day.endswith("00")]
        quiet = Needles(self.town.bsns, pseudonyms, [*alone, *evidence.people], dates)
        evidence.born = len(dates)
        self.quiet = Search(quiet, planted.NEEDLES)

    def _compare(self, admin: psycopg.Connection, town: Town) -> None:
        ours = {hashlib.sha256(content).hexdigest() for content in town.bytes_of.values()}
        theirs = {sha256 for (sha256,) in admin.execute("SELECT sha256 FROM eligibility_delivery").fetchall()}
        self.evidence.same_files = len(ours & theirs)
        self.evidence.delivered_files = len(theirs)

    def _pseudonyms(self) -> set[bytes]:
        told = self.place.role("koppel")
        folder = KeyFolder.from_text(told["KEY_FOLDER"], told["MASTER_KEY"])
        names = [path.stem for path in Path(told["KEY_FOLDER"]).glob("cyclus-*.key")]
        keyed = [Pseudonymiser(folder.load(name)) for name in names]
        return {one.pseudonym(bsn) for one in keyed for bsn in self.town.bsns}

    def _plant(self, admin: psycopg.Connection) -> None:
        planted.in_database(admin, self.place.role("web")["SECRET_KEY"])
        planted.in_files(self.place)
        planted.in_broker(self.broker)
        with planted.as_process(self.place) as pid:
            self.evidence.planted_pid = pid
            self._look_at_processes()

    def _look_at_processes(self) -> None:
        """What the processes of the pages were told, on their command lines and in their environment."""
        forbidden = {name: name.encode() + b"=" for name in FOREIGN_NAMES}
        texts = insides.secrets_of(self.place, *FOREIGN)
        forbidden |= {f"geheim van {name}": text.encode() for name, text in zip(FOREIGN, texts, strict=True)}
        forbidden["hoofdsleutel"] = self.place.role("koppel")["MASTER_KEY"].encode()
        (own,) = insides.secrets_of(self.place, "web")
        for pid, told in insides.of_role(self.place, "web"):
            self.evidence.foreign[pid] = {name for name, secret in forbidden.items() if secret in told}
            self.evidence.own_secret_seen += own.encode() in told

    def _upload(self, admin: psycopg.Connection) -> None:
        """Hand in a big file by the form in the browser: all rows many times over, so all are refused."""
        head, _, rows = self.town.bytes_of["brp.csv"].partition(b"\n")
        content = head + b"\n" + rows * (BIG_UPLOAD // len(rows) + 1)
        browser = self._signed_in("anna")
        day = admin.execute("SELECT peildatum::text FROM eligibility_run").fetchone()[0]
        page = browser.get(f"/koppelen/leveringen/nieuw/bestand/?bron=brp&jaar=&peildatum={day}")
        form = next(one for one in page.tree().forms if "bestand" in one.fields)
        fields = {name: text for name, text in filled(form).items() if name != "bestand"}
        answer = browser.upload(page.url, fields, "bestand", "inwoners.csv", content)
        assert answer.status == 302, f"het bestand wordt niet aangenomen: {answer.status}"
        deadline = time.monotonic() + PATIENCE
        working = "SELECT count(*) FROM eligibility_delivery WHERE state IN ('ontvangen', 'gecontroleerd')"
        while admin.execute(working.encode()).fetchone()[0]:
            assert time.monotonic() < deadline, "het inladen duurt te lang"
            time.sleep(0.2)

    def _signed_in(self, username: str) -> Browser:
        browser = Browser(self.place.url)
        browser.sign_in(username, self.place.role("web")["DEMO_PASSWORD"], lambda: self.place.code(username))
        return browser

    def _walk(self) -> None:
        """As every user of the demo, and as nobody, two at a time."""
        deadline = time.monotonic() + CRAWL_SECONDS
        users = [user.username for user in USERS]

        def walk(role: str) -> Visit:
            browser = Browser(self.place.url) if role == NOBODY else self._signed_in(role)
            return Crawl(browser, role, self._look, deadline).walk()

        with ThreadPoolExecutor(2) as pool:
            self.evidence.visits = dict(zip([NOBODY, *users], pool.map(walk, [NOBODY, *users]), strict=True))
        self._look("proef", planted.letter(f"{self.place.url}/?q={planted.NAME}+{planted.BSN}"))

    def _fail(self, admin: psycopg.Connection) -> None:
        """A page that fails when all of somebody was read: what the answer and the logs tell of it."""
        browser = self._signed_in("carla")
        (household,) = admin.execute("SELECT id FROM outreach_household ORDER BY id LIMIT 1").fetchone()
        rights = "INSERT (handeling, onderwerp, ids, bijzonderheden) ON audit.gebeurtenis"
        admin.execute(f"REVOKE {rights} FROM web".encode())
        try:
            answer = browser.get(f"/huishoudens/{household}/")
        finally:
            admin.execute(f"GRANT {rights} TO web".encode())
        self.evidence.failed = answer.status
        self._look("carla", answer)

    def _look(self, role: str, answer: Answer) -> list[str]:
        """Search one answer: its address and headers, its body, and the pages of a PDF, which it gives."""
        with self._lock:
            contents = list(answer.contents())
            heads = self.evidence.channel("adressen en koppen")
            self.quiet.look(heads, f"{role} {answer.status}", answer.head())
            for part, content in contents:
                name = f"pagina's van {role}" if part == "body" else "brieven en bladen in bestanden"
                self.inside.look(self.evidence.channel(name), f"{answer.url} {part}", content)
        return [content for part, content in contents if part.startswith("bladzijde")]

    def _look_inside(self, admin: psycopg.Connection, web: psycopg.Connection) -> None:
        """The database as `web` and, where that cannot look, as superuser; the broker; what is logged."""
        channel, quiet = self.evidence.channel, self.quiet
        readable = ((name, f"{name}\n{rows}") for name, rows in insides.readable(web))
        self.inside.look_at_all(channel("tabellen die web leest"), readable)
        self.inside.look_at_all(channel("statistieken van de box"), insides.statistics(admin))
        quiet.look_at_all(channel("audit"), insides.audited(admin))
        key = self.place.role("web")["SECRET_KEY"]
        quiet.look_at_all(channel("sessies"), insides.sessions(admin, key))
        for command in self.broker.heard().splitlines():
            quiet.look(channel("berichten aan de broker"), "MONITOR", command)
        quiet.look_at_all(channel("sleutels in de broker"), self.broker.keys())
        quiet.look_at_all(channel("schijf van de broker"), self.broker.saved(self.place.home / "valkey"))
        self._look_at_wal(admin)

    def _look_at_wal(self, admin: psycopg.Connection) -> None:
        """What a backup would hold: the log of PostgreSQL, and which tables are written to it."""
        evidence = self.evidence
        self.unlogged = insides.unlogged(admin)
        found = insides.partitions(admin)
        evidence.partitions = len(found)
        evidence.logged_partitions = [name for name, unlogged in found if not unlogged]
        segments = list(insides.stored(self.place.data / "pg_wal"))
        evidence.first_wal = min(path for path, _ in segments)
        for path, content in segments:
            self.inside.look(evidence.channel("WAL"), path, content, disk=True)

    def _look_at_copies(self, admin: psycopg.Connection) -> None:
        """A dump, a base backup, and the mails of a morning; and the box, which is in neither of the two."""
        channel, place = self.evidence.channel, self.place
        self.quiet.look(channel("mails"), "mail", copies.mailed(place))
        text = copies.dump(place, copies.WITHOUT_BOX)
        self.inside.look(channel("dump"), "pg_dump", text, packed=False)
        box = copies.dump(place, "--data-only", "--schema=blackbox")
        self.inside.look(channel("dump met de box"), "pg_dump", box, packed=False)
        for path, content in copies.base_backup(place):
            self.inside.look(channel("basisbackup"), path, content, disk=True)
        for path, content in copies.box_on_disk(place, admin):
            self.inside.look(channel("box op schijf"), path, content, disk=True)

    def _destroy(self, admin: psycopg.Connection) -> None:
        """All that was delivered, and every key of a pseudonym; somebody kept a copy of each upload."""
        told = self.place.role("koppel")
        keys, folder = KeyFolder.from_text(told["KEY_FOLDER"], told["MASTER_KEY"]), Path(told["KEY_FOLDER"])
        seen = {
            path: content
            for (path, _, _), content in list(self.sampler.files.items())
            if path.suffix == ".age"
        }
        kept = [content for path, content in seen.items() if self.place.run / "uploads" in path.parents]
        before = copies.opened(kept, keys, folder)
        copies.destroy_all(self.place, admin)
        self.evidence.opened = before, copies.opened(kept, keys, folder)

    def _look_at_samples(self) -> None:
        """All versions of all files that were seen, and what lies in the temporary folder at the end."""
        evidence, place = self.evidence, self.place
        for path in sorted({str(path) for path, _, _ in self.sampler.files} | self.sampler.written):
            self.quiet.look(evidence.channel("bestandsnamen"), "een bestandsnaam", path)
        for (path, _, _), content in self.sampler.files.items():
            if place.run / VENDOR in path.parents:
                continue
            name = self._folder_of(path)
            self.quiet.look(evidence.channel(name), str(path), content)
            if name in ENCRYPTED and not _is_encrypted(content):
                evidence.readable_files.add(f"{name}: {path.name}")
        ends = (*place.folder.glob("*.said"), place.home / "postgres/log", place.home / "valkey/log")
        for path in (*ends, *(place.run / "log").iterdir()):
            self.quiet.look(evidence.channel("logs"), path.name, path.read_bytes())
        for line in sorted(self.sampler.command_lines):
            self.quiet.look(evidence.channel("opdrachtregels"), "ps", line)
        evidence.left_in_tmp = sorted(str(path) for path in place.tmp.rglob("*") if path.is_file())
        evidence.written_elsewhere = {path for path in self.sampler.written if not self._known(path)}
        evidence.rounds = self.sampler.rounds

    def _folder_of(self, path: Path) -> str:
        """Which channel a file belongs to. Where the demo invents its town is the desk of the supplier."""
        place = self.place
        for folder, name in FOLDERS.items():
            if place.run / folder in path.parents:
                return name
        below = path.relative_to(place.tmp).parts if place.tmp in path.parents else ()
        return "de verzonnen stad" if "stad" in below else "tijdelijke map"

    def _known(self, path: str) -> bool:
        return path.startswith((f"{self.place.folder}/", f"{self.place.home}/"))

    def _look_at_disk(self) -> None:
        """PostgreSQL's files once it has written everything; what was delivered has been destroyed."""
        for path, content in insides.stored(self.place.data):
            box = insides.relation_of(path) in self.unlogged
            channel = self.evidence.channel("box na vernietiging" if box else "al het andere op schijf")
            self.inside.look(channel, path, content, disk=True)


def _is_encrypted(content: bytes) -> bool:
    """Whether a file begins as an age file does; one that was just made may have no more than that begun."""
    return content.startswith(AGE_HEADER) or AGE_HEADER.startswith(content)


def gather(installation: Installation) -> Evidence:
    return Gathering(installation).everything()
