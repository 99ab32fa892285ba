"""Two towns that differ in the source alone look the same to everybody: lists, pages, paper and files.

Whoever is in `aio` in one town is in `bbz_gift` in the other, and the other way round. Either has been
tested on income, so nothing else may change. Ids are drawn by lot; here they follow from the line in the BRP
file, so that they, and every order that hangs on them, are compared too. The moment stands still.
"""

import datetime
import re
import uuid
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urljoin

import pyrage
import pytest
import time_machine
from django.db import connections
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from eligibility.actions import grant_exports
from eligibility.models import BronGround, Run
from eligibility.town import buurten, generate
from letters.actions import contents, exports, grants, legal_bases, parts, sharing
from letters.actions import report as counting
from letters.composition.codes import new_code
from letters.composition.parts import render_part
from letters.models import GrantExport, PayingAdministration, Share, ShareFile
from letters.texts.catalog import NO_TEXTS
from outreach.actions import cutting, rounds
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Handover, Klasse, Looplijst, Regeling, Role, Round, Sheet, User
from outreach.models.round import RoundKind
from tests import factories
from tests.conftest import empty_tables
from tests.eligibility import deliver
from tests.letters import rounds as letter_rounds
from tests.letters import test_sharing as shares
from tests.remains.browsing import Answer, links, pattern, pdf_texts
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places"), pytest.mark.proof]

SITE = "http://testserver"
#: Enough for the rapport to tell something; a leak shows in fewer.
INHABITANTS, FEWER = 1200, 400
#: Of one kind of page, such as a household, so many are opened.
PER_KIND = 3
LOOKERS = (Role.CONSULENT, Role.TEAMLEIDER, Role.BUURTTEAM, Role.ANALIST)
#: Whoever pays for the grants, in both towns.
RECEIVER = str(pyrage.x25519.Identity.generate())
# About whoever looks, and the same for all: what makes his codes is drawn by lot.
_PASSED_BY = ("/static/", "/account/", "/hulp/")
# Only what a browser is given anew with each page, and proves nothing about anybody.
_FRESH = (
    re.compile(r'(name="csrfmiddlewaretoken" value=")\w+'),
    re.compile(r'("X-CSRFToken": ?")\w+'),
    re.compile(r'(nonce=")[\w+/=-]+'),
    re.compile(r'(name="submission" value=")[0-9a-f-]{36}'),
    # The clock of the database goes on; it stands on paper alone.
    re.compile(r"(\bAfdruk \d+ van ).{1,30}( uur, door )"),
    re.compile(r"(Met de software meegekomen, )[^<]+"),
    # An encrypted file is other bytes each time; what its receiver reads is compared.
    re.compile(r"(<dt>Vingerafdruk</dt> <dd>)[0-9a-f]{12}"),
    re.compile(r"(?m)^()[0-9a-f]{12}$"),
)

# A household is numbered by the line of its addressee, a person by his own.
_IDS = """
CREATE FUNCTION blackbox.proef_huishouden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.household_id := md5('h' || NEW.huishouden)::uuid; RETURN NEW; END $$;
CREATE FUNCTION blackbox.proef_persoon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.nieuw THEN NEW.person_id := md5('p' || NEW.persoon)::uuid; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proef BEFORE INSERT ON blackbox.run_naar_huishouden
  FOR EACH ROW EXECUTE FUNCTION blackbox.proef_huishouden();
CREATE TRIGGER proef BEFORE INSERT ON blackbox.run_naar_persoon
  FOR EACH ROW EXECUTE FUNCTION blackbox.proef_persoon();
"""
_NO_IDS = """
DROP TRIGGER proef ON blackbox.run_naar_huishouden;
DROP TRIGGER proef ON blackbox.run_naar_persoon;
DROP FUNCTION blackbox.proef_huishouden(), blackbox.proef_persoon();
"""
# The leak: the id of who is in aio ends on another digit.
_TELLING = """
CREATE OR REPLACE FUNCTION blackbox.proef_huishouden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.household_id := overlay(md5('h' || NEW.huishouden) PLACING
    CASE WHEN EXISTS (
      SELECT FROM blackbox.run_gebruik g
      WHERE g.run = NEW.run AND g.huishouden = NEW.huishouden AND g.bron = 'aio') THEN 'a' ELSE '0' END
    FROM 32)::uuid;
  RETURN NEW;
END $$;
"""


def _in_the_box(statements: str) -> None:
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            cursor.execute(statements)
        finally:
            cursor.execute("RESET ROLE")


@pytest.fixture
def ids_by_line(transactional_db: None) -> Iterator[None]:
    """Not by lot."""
    _in_the_box(_IDS)
    yield
    _in_the_box(_NO_IDS)


@dataclass
class World:
    """All that came of one town: the lists, the account, and every answer by who asked and for what."""

    lists: dict[str, list[str]]
    account: dict[str, object]
    answers: dict[str, str] = field(default_factory=dict)

    def apart_from(self, other: "World") -> set[str]:
        """Where the two are not the same, byte for byte."""
        apart = {"de lijsten"} if self.lists != other.lists else set()
        asked = self.answers.keys() | other.answers.keys()
        return apart | {one for one in asked if self.answers.get(one) != other.answers.get(one)}


def _exchange(folder: Path) -> None:
    """Who is in aio is in bbz_gift now, and the other way round."""
    one, two = folder / "aio_2025.csv", folder / "bbz_gift_2025.csv"
    before, after = (path.read_text(encoding="utf-8-sig") for path in (one, two))
    assert len(before.splitlines()) > 1 < len(after.splitlines())
    assert set(before.splitlines()[1:]) != set(after.splitlines()[1:])
    one.write_text(after, encoding="utf-8-sig")
    two.write_text(before, encoding="utf-8")


def _worlds(folder: Path, inhabitants: int, *lookers: Role) -> tuple[World, World]:
    """What comes of the town, and of the same town with the two files exchanged."""
    moment = clock.now()
    generate(folder, inhabitants=inhabitants, peildatum=deliver.DAY, seed=5)
    one = _world(folder, moment, lookers)
    _exchange(folder)
    return one, _world(folder, moment, lookers)


def _world(folder: Path, moment: datetime.datetime, lookers: tuple[Role, ...]) -> World:
    empty_tables()
    # The codes on forms are drawn by lot; here both towns draw the same.
    lot = Random(1)
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(moment, tick=False):
        patch.setattr(parts, "new_code", lambda _: new_code(lot.getrandbits))
        manager = factories.user(Role.APPLICATIEBEHEERDER, username="beheer")
        deliver.deliver_folder(folder, manager)
        run = deliver.run_through(manager)
        assert (run.state, run.problem) == ("klaar", "")
        world = World(deliver.handed_over(run), run.account)
        if lookers:
            walk = _casework(run)
            world.answers |= _letters_and_grants(run)
            world.answers |= _share_as_told_and_sent(run)
            _settle_clock(moment)
            for role in lookers:
                _look_around(world, role, walk)
    return world


def _settle_clock(moment: datetime.datetime) -> None:
    """The clock of the database went on meanwhile."""
    with as_role("migrate"):
        Handover.objects.update(handed_over_at=moment)
        for model in (Round, Share, ShareFile):
            model.objects.update(made_at=moment)


def _casework(run: Run) -> Looplijst:
    """A round over all that came out, its walks, one of them short enough for paper, and the rapport."""
    for code, name in buurten(5):
        factories.buurt(code, name)
    team = factories.team(buurten=[code for code, _ in buurten(5)])
    maker, fixer = (factories.user(Role.TEAMLEIDER, username=f"leider-{one}") for one in "ab")
    with acting_as(maker.actor()):
        made = rounds.make(
            name="Bezoek aan de deur",
            kind=RoundKind.VISIT,
            handover=Handover.objects.get(pk=run.pk),
            regelingen=Regeling.objects.filter(closed=False),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )
    with acting_as(fixer.actor()):
        made = rounds.fix(round_=made, by=fixer)
        chosen = cutting.criteria(
            team=team,
            buurten=[code for code, _ in buurten(5)],
            regelingen=made.regelingen,
            klassen=made.klassen,
            at_most=40,
            seed=1,
        )
        walk, _ = cutting.cut(round_=made, chosen=chosen, by=fixer)
    counting.make()
    return walk


def _letters_and_grants(run: Run) -> dict[str, str]:
    """The letters of a round as they are printed, and the file of grants as its receiver opens it."""
    leader, other = (factories.user(Role.TEAMLEIDER, username=f"brieven-{one}") for one in "ab")
    lawyer = factories.user(Role.JURIDISCH_ADVISEUR, username="jurist")
    letter_rounds.approved_texts()
    stadspas = Regeling.objects.get(pk="stadspas")
    with acting_as(lawyer.actor()):
        legal_bases.sign(regeling=stadspas, text="Besluit", dated=clock.today(), valid_until=None, by=lawyer)
    with acting_as(leader.actor()):
        made = rounds.make(
            name="Brief over de Stadspas",
            kind=RoundKind.LETTER,
            handover=Handover.objects.get(pk=run.pk),
            regelingen=Regeling.objects.filter(pk=stadspas.pk),
            klassen=Klasse.values,
            reply_before=clock.today() + datetime.timedelta(days=60),
            by=leader,
        )
    with acting_as(other.actor()):
        rounds.fix(round_=made, by=other)
    assert parts.plan(round_id=made.pk)
    return _as_printed(made) | {"toekenningen": _grants_as_sent(made, other)}


def _as_printed(made: Round, name: str = "brieven") -> dict[str, str]:
    found = {}
    for part in made.parts.order_by("number"):
        assert parts.make(part_id=part.pk)
        with acting_as(SYSTEM_ACTOR):
            told = [one for one in contents.read_part(part).values() if one is not None]
        pdf = render_part(told, contents.layout(part), NO_TEXTS, contents.municipality()).pdf
        found[f"{name}, deel {part.number}"] = "\n".join(pdf_texts(pdf))
    return found


def _share_as_told_and_sent(run: Run) -> dict[str, str]:
    """The letters that tell of a share, and its file as the receiver opens it."""
    secret = pyrage.x25519.Identity.from_str(RECEIVER)
    manager = factories.user(Role.APPLICATIEBEHEERDER, username="deelt")
    with as_role("migrate"):
        town = Handover.objects.get(pk=run.pk)
    made = shares.propose(town, manager, secret)
    shares.sign(made, factories.user(Role.JURIDISCH_ADVISEUR, username="tekent"))
    shares.work()
    made.refresh_from_db()
    assert parts.plan(round_id=made.round_id)
    found = _as_printed(made.round, "brieven over delen")
    for part in made.round.parts.all():
        letter_rounds.post(part)
    shares.long_ago(made)
    shares.ask(made, manager)
    shares.work()
    with acting_as(manager.actor()):
        sent = sharing.fetch(file=made.files.get(), by=manager)
    return found | {"deling": pyrage.decrypt(sent, [secret]).decode()}


def _grants_as_sent(of: Round, leader: User) -> str:
    secret = pyrage.x25519.Identity.from_str(RECEIVER)
    with acting_as(SYSTEM_ACTOR):
        approaches = Approach.objects.filter(round=of).values_list("pk", flat=True)
        assert grants.grant_all_ambtshalve(approaches, on=clock.today())
        receiver = PayingAdministration.objects.create(name="Pas", public_key=str(secret.to_public()))
        receiver.regelingen.set(of.regelingen)
    with acting_as(leader.actor()):
        export = exports.ask(administration=receiver, by=leader)
    with as_role("koppel"):
        assert grant_exports.make_due() == [export.pk]
    with as_role("migrate"):
        # The clock of the database went on.
        GrantExport.objects.update(asked_at=clock.now(), made_at=clock.now())
    manager = factories.user(Role.APPLICATIEBEHEERDER, username="haalt-op")
    with acting_as(manager.actor()):
        return pyrage.decrypt(exports.fetch(export=export, by=manager), [secret]).decode()


def _look_around(world: World, role: Role, walk: Looplijst) -> None:
    """Open what the pages lead to from the first one on, search for all called De Vries, ask for paper."""
    user = factories.user(role, team=walk.team if role == Role.BUURTTEAM else None, username=f"kijkt-{role}")
    client = Client()
    client.force_login(user)
    seen: Counter[str] = Counter()
    first = (f"{SITE}/", False)
    waiting, known = deque([first]), {first}
    while waiting:
        url, by_htmx = waiting.popleft()
        kind = pattern(url).partition("?")[0]
        if kind.startswith(_PASSED_BY) or seen[kind] >= PER_KIND:
            continue
        seen[kind] += 1
        headers = {"HX-Request": "true"} if by_htmx else {}
        answer = _answer(url, client.get(url.removeprefix(SITE), headers=headers))
        world.answers[f"{role} {'htmx ' * by_htmx}{url}"] = _text(answer)
        for one in [*links(answer), (urljoin(url, answer.header("Location")), False)]:
            if one[0].startswith(SITE) and one not in known:
                known.add(one)
                waiting.append(one)
    if role != Role.ANALIST:
        for path, fields in (
            ("/zoeken/", {"zoek": "Vries"}),
            (f"/looplijsten/{walk.pk}/afdrukken/", {"submission": uuid.uuid5(uuid.NAMESPACE_URL, role)}),
        ):
            world.answers[f"{role} POST {path}"] = _text(_answer(path, client.post(path, fields)))
        # The clock of the database went on; who looks next reads on a page in which minute it was printed.
        with as_role("migrate"):
            Sheet.objects.update(made_at=clock.now())


def _answer(url: str, response: HttpResponseBase) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(url, response.status_code, tuple(response.items()), body)


def _text(answer: Answer) -> str:
    """The answer as it is compared: status, kind and body, a PDF by its text."""
    pdf = answer.body.startswith(b"%PDF-")
    text = "\n".join(pdf_texts(answer.body)) if pdf else answer.body.decode("utf-8", "surrogateescape")
    for fresh in _FRESH:
        text = fresh.sub(lambda kept: "".join(kept.groups()), text)
    return f"{answer.status} {answer.kind}\n{text}"


def _without_bronnen(world: World) -> dict[str, object]:
    return {name: counts for name, counts in world.account.items() if name != "bronnen"}


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.EXPORT_FOLDER = tmp_path / "uitvoer"


@pytest.mark.usefixtures("ids_by_line")
def test_exchanging_two_sources_changes_no_list_page_paper_or_file(tmp_path: Path):
    one, two = _worlds(tmp_path / "town", INHABITANTS, *LOOKERS)
    assert one.apart_from(two) == set()
    assert sum(len(lines) for lines in one.lists.values()) > 100
    # Only who handed the files in sees that they have other lines, bron by bron.
    assert _without_bronnen(one) == _without_bronnen(two)
    assert one.account != two.account
    for told in ("/huishoudens/", "/looplijsten/", "/rapport/buurt.csv", "/rapport/regeling.csv"):
        assert any(told in asked and text.startswith("200 ") for asked, text in one.answers.items()), told
    papers = [
        text for asked, text in one.answers.items() if asked.endswith("/afdrukken/") and "POST" in asked
    ]
    assert ["Vernietigen na gebruik" in paper and "blad 1 van" in paper for paper in papers] == [True] * 3
    assert one.answers["brieven, deel 1"].count("Stadspas") > 100
    assert one.answers["toekenningen"].count("\n") > 20
    assert one.answers["brieven over delen, deel 1"].count("Gemeentebelastingen") > 20
    assert one.answers["deling"].count("\n") > 20


@pytest.mark.usefixtures("ids_by_line")
def test_an_id_that_carries_the_source_is_noticed(tmp_path: Path):
    _in_the_box(_TELLING)
    one, two = _worlds(tmp_path / "town", FEWER, Role.CONSULENT)
    assert one.lists == two.lists
    assert one.apart_from(two)


def test_a_source_that_counts_for_less_is_noticed(tmp_path: Path):
    weaker = BronGround.objects.filter(bron_id="bbz_gift", year_offset=-1)
    with as_role("migrate"):
        assert weaker.update(klasse=Klasse.ONZEKER) == 1
    try:
        one, two = _worlds(tmp_path / "town", FEWER)
    finally:
        with as_role("migrate"):
            weaker.update(klasse=Klasse.ZEKER)
    assert one.apart_from(two) == {"de lijsten"}
