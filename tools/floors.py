"""The floors of the house as an import-linter contract: every import goes down, or stays on its floor.

    5  wiring     outreach/{settings,urls,celery,wsgi,admin_site}.py
    4  edges      every app's views, forms, api, admin, tasks, management …
    3  siblings   eligibility and letters, which never import each other
    2  optout
    1  domain     the rest of outreach
    0  kernel     outreach/kernel

A module that nobody placed on a floor stands where its app stands, so a new file is held too.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

WIRING = {"settings", "urls", "celery", "wsgi", "admin_site"}
EDGES = {"views", "forms", "api", "admin", "tasks", "management"} | {
    "middleware",
    "templatetags",
    "apps",
    "urls",
}
APPS = {"outreach": 1, "optout": 2, "eligibility": 3, "letters": 3}
SIBLINGS = {"eligibility", "letters"}


def floor(module: str) -> int:
    """Give the floor that a module stands on, from 0 (kernel) to 5 (wiring)."""
    app, *rest = module.split(".")
    room = rest[0] if rest else ""
    # The package itself only loads the Celery application.
    if app == "outreach" and (not rest or room in WIRING):
        return 5
    if room in EDGES:
        return 4
    if app == "outreach" and room == "kernel":
        return 0
    return APPS[app]


def allowed(importer: str, imported: str) -> bool:
    """Tell whether one module may import another."""
    apps = {importer.split(".")[0], imported.split(".")[0]}
    return floor(importer) >= floor(imported) and not (floor(importer) < 5 and apps == SIBLINGS)


def is_migration(module: str) -> bool:
    """Tell whether a module is a migration: those follow Django's own order and are imported by nobody."""
    return ".migrations" in module


class FloorsContract(Contract):
    """Breaks on every import that goes up, and on one between the siblings."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import between our own modules."""
        broken = [
            f"{importer} (verdieping {floor(importer)}) -> {imported} (verdieping {floor(imported)})"
            for importer in sorted(graph.modules)
            if not is_migration(importer)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not allowed(importer, imported)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports that are not allowed."""
        for line in check.metadata["broken"]:
            output.print_error(line)
