"""The contract on imports turns red when an import goes up."""

import pytest

from tools.floors import FloorsContract, allowed, floor

DOWN = [
    ("outreach.urls", "eligibility.views.urls"),
    ("outreach.admin_site", "letters.admin"),
    ("eligibility.tasks", "eligibility.actions.delivery"),
    ("eligibility.blackbox.run", "eligibility.bronnen"),
    ("eligibility.models.run", "outreach.models"),
    ("letters.actions.make", "optout.models"),
    ("optout.actions.opt_out", "outreach.audit"),
    ("outreach.actions.round", "outreach.kernel.db"),
]
UP = [
    ("outreach.kernel.db", "outreach.models"),
    ("outreach.models.round", "outreach.views.rounds"),
    ("outreach.transitions", "outreach.tasks"),
    ("outreach.actions.round", "optout.models"),
    ("outreach.audit", "eligibility.models"),
    ("optout.models", "letters.models"),
    ("letters.actions.make", "eligibility.models"),
    ("letters.views.letters", "eligibility.models"),
    ("eligibility.tasks", "letters.tasks"),
    ("eligibility.blackbox.run", "eligibility.tasks"),
    ("eligibility.views.urls", "outreach.urls"),
    ("letters.actions.make", "outreach.settings"),
]


@pytest.mark.parametrize(("importer", "imported"), DOWN)
def test_an_import_may_go_down(importer: str, imported: str) -> None:
    assert allowed(importer, imported)


@pytest.mark.parametrize(("importer", "imported"), UP)
def test_an_import_may_not_go_up_or_to_a_sibling(importer: str, imported: str) -> None:
    assert not allowed(importer, imported)


def test_a_new_file_stands_where_its_app_stands() -> None:
    assert floor("outreach.iets_nieuws") == 1
    assert floor("letters.iets_nieuws.dieper") == 3


class Graph:
    """As much of an import graph as the contract asks for."""

    def __init__(self, imports: dict[str, set[str]]) -> None:
        self.imports = imports
        self.modules = set(imports)

    def find_modules_directly_imported_by(self, module: str) -> set[str]:
        return self.imports[module]


@pytest.mark.parametrize(
    ("importer", "kept"), [("outreach.models", False), ("outreach.migrations.0001", True)]
)
def test_the_contract_breaks_on_one_wrong_import(importer: str, kept: bool) -> None:
    contract = FloorsContract(name="x", session_options={}, contract_options={})
    checked = contract.check(Graph({importer: {"outreach.views"}, "outreach.views": set()}), verbose=False)
    assert checked.kept is kept
