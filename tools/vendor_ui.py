"""Copy the pinned style sheets and fonts from node_modules into static/vendor.

Third-party CSS and fonts are not committed: package.json and its lock pin them, `npm ci` fetches them, and
this script joins the components that the pages use, drops the tokens that nothing reads and takes only the
Latin fonts. The same lock gives the same bytes. VENDOR.json lists name, version, licence and hashes.

    python tools/vendor_ui.py            build static/vendor (writes nothing when it is up to date)
    python tools/vendor_ui.py --check    exit 1 when static/vendor is missing, changed or older than the lock
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONT_PACKAGE = "@fontsource-variable/noto-sans"
TOKEN_PACKAGE = "@nl-design-system-unstable/voorbeeld-design-tokens"
COMPONENT = re.compile(r"@utrecht/[a-z0-9-]+-css")
FONT_SUBSETS = ("latin", "latin-ext", "vietnamese")
LICENCES = ((TOKEN_PACKAGE, "LICENSE.md", "EUPL-1.2.md"), (FONT_PACKAGE, "LICENSE", "OFL-1.1.txt"))
# Only valid as the first words of a file, so not in the middle of a joined one.
CHARSET = '@charset "UTF-8";'
MANIFEST = "VENDOR.json"
# A municipality's theme may set, and our own style sheets may read, any of these: none is dropped.
CONTRACT_PREFIX = "--basis-"

TOKEN_LINE = re.compile(r"^\s*(--[a-z0-9-]+):\s*(.+?);", re.IGNORECASE)
TOKEN_USE = re.compile(r"var\(\s*(--[a-z0-9-]+)", re.IGNORECASE)
FONT_FACE = re.compile(
    r"/\* noto-sans-(?P<subset>[a-z-]+)-wght-normal \*/\s*(?P<rule>@font-face \{.*?\n\})", re.DOTALL
)


class VendorError(Exception):
    """What is wrong, in a Dutch sentence that says how to mend it."""


@dataclass
class Package:
    """One package that was read: its version, licence (SPDX) and the hash of each file taken from it."""

    version: str
    licence: str
    sha256: dict[str, str] = field(default_factory=dict)


@dataclass
class Build:
    """The output files (path below static/vendor to bytes) and the packages that they were made from."""

    files: dict[str, bytes] = field(default_factory=dict)
    packages: dict[str, Package] = field(default_factory=dict)


def is_for_pages(name: str) -> bool:
    """Whether a package of package.json is one that this script copies from."""
    return name in (FONT_PACKAGE, TOKEN_PACKAGE) or COMPONENT.fullmatch(name) is not None


def pinned_versions(root: Path) -> dict[str, str]:
    """Package name to version for all that pages take from package.json, as package-lock.json fixes it.

    Raises VendorError when the two files disagree. Packages for other use (letter fonts) are passed over.
    """
    wanted = json.loads((root / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    versions = {}
    for name in filter(is_for_pages, sorted(wanted)):
        entry = locked.get(f"node_modules/{name}")
        if entry is None or entry["version"] != wanted[name]:
            raise VendorError(f"package-lock.json past niet bij package.json ({name}): draai `npm install`.")
        versions[name] = entry["version"]
    return versions


def read_source(root: Path, name: str, version: str, path: str, build: Build) -> bytes:
    """One file of an installed package; notes package, licence and the hash of what was read in `build`."""
    folder = root / "node_modules" / name
    if not (folder / "package.json").is_file():
        raise VendorError(f"{name} staat niet in node_modules: draai eerst `npm ci --ignore-scripts`.")
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    if about["version"] != version:
        raise VendorError(f"{name} is niet versie {version}: draai `npm ci --ignore-scripts`.")
    content = (folder / path).read_bytes()
    package = build.packages.setdefault(name, Package(version, about["license"]))
    package.sha256[path] = hashlib.sha256(content).hexdigest()
    return content


def read_text(root: Path, name: str, version: str, path: str, build: Build) -> str:
    """As `read_source`, decoded and without a byte order mark."""
    return read_source(root, name, version, path, build).decode("utf-8-sig").strip()


def join_components(root: Path, versions: dict[str, str], build: Build) -> str:
    """The minified style sheets of all @utrecht packages in one text, each under its name and licence."""
    parts = []
    for name, version in versions.items():
        if COMPONENT.fullmatch(name):
            css = read_text(root, name, version, "dist/index.min.css", build).removeprefix(CHARSET)
            parts.append(f"/* {name} {version}, EUPL-1.2 */\n{css}")
    return "\n".join(parts) + "\n"


def prune_tokens(theme: str, readers: str) -> str:
    """The theme without the tokens that `readers`, the --basis- contract and the kept tokens do not use."""
    tokens = {m[1]: m[2] for m in map(TOKEN_LINE.match, theme.splitlines()) if m}
    queue = [name for name in tokens if name.startswith(CONTRACT_PREFIX)] + TOKEN_USE.findall(readers)
    kept: set[str] = set()
    while queue:
        name = queue.pop()
        if name in tokens and name not in kept:
            kept.add(name)
            queue.extend(TOKEN_USE.findall(tokens[name]))
    lines = [f"  {name}: {value};" for name, value in tokens.items() if name in kept]
    return ".voorbeeld-theme {\n" + "\n".join(lines) + "\n}\n"


def add_fonts(root: Path, version: str, build: Build) -> None:
    """fonts.css and one file per subset; by unicode-range a browser fetches only what a page needs."""
    found = {
        m["subset"]: m["rule"]
        for m in FONT_FACE.finditer(read_text(root, FONT_PACKAGE, version, "wght.css", build))
    }
    rules = []
    for subset in FONT_SUBSETS:
        if subset not in found:
            raise VendorError(f"{FONT_PACKAGE} {version} heeft geen deel `{subset}`: kijk in wght.css.")
        name = f"noto-sans-{subset}-wght-normal.woff2"
        build.files[f"fonts/{name}"] = read_source(root, FONT_PACKAGE, version, f"files/{name}", build)
        rules.append(found[subset].replace("./files/", "fonts/"))
    head = f"/* {FONT_PACKAGE} {version}, OFL-1.1 */"
    build.files["fonts.css"] = ("\n".join([head, *rules]) + "\n").encode()


def build_all(root: Path) -> Build:
    """Everything that belongs in static/vendor, in memory."""
    versions = pinned_versions(root)
    build = Build()
    components = join_components(root, versions, build)
    theme = read_text(root, TOKEN_PACKAGE, versions[TOKEN_PACKAGE], "dist/theme.css", build)
    head = f"/* {TOKEN_PACKAGE} {versions[TOKEN_PACKAGE]}, EUPL-1.2; tokens that no page reads left out */\n"
    build.files["components.css"] = components.encode()
    build.files["theme-voorbeeld.css"] = (head + prune_tokens(theme, components)).encode()
    add_fonts(root, versions[FONT_PACKAGE], build)
    for name, path, target in LICENCES:
        build.files[f"licences/{target}"] = read_source(root, name, versions[name], path, build)
    build.files[MANIFEST] = manifest(build)
    return build


def manifest(build: Build) -> bytes:
    """VENDOR.json: what went in (name, version, licence, hashes) and the hash and size of what came out."""
    files = {
        path: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for path, content in sorted(build.files.items())
    }
    packages = [{"name": name, **asdict(build.packages[name])} for name in sorted(build.packages)]
    return (json.dumps({"packages": packages, "files": files}, indent=1) + "\n").encode()


def on_disk(target: Path) -> dict[str, bytes]:
    """What lies in static/vendor now."""
    paths = [path for path in sorted(target.rglob("*")) if path.is_file()]
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in paths}


def problems(root: Path, target: Path) -> list[str]:
    """Why static/vendor is not what the lock asks for; empty when it is. Needs no node_modules."""
    present = on_disk(target)
    if MANIFEST not in present:
        return ["static/vendor is nog niet gemaakt: draai `python tools/vendor_ui.py`."]
    listed = json.loads(present.pop(MANIFEST))
    found = []
    if {p["name"]: p["version"] for p in listed["packages"]} != pinned_versions(root):
        found.append("static/vendor is gemaakt met andere versies dan package-lock.json.")
    for path in sorted(present.keys() | listed["files"].keys()):
        expected = listed["files"].get(path, {}).get("sha256")
        if path not in present:
            found.append(f"static/vendor/{path} ontbreekt.")
        elif hashlib.sha256(present[path]).hexdigest() != expected:
            found.append(f"static/vendor/{path} is veranderd of hoort er niet.")
    return found


def write(build: Build, target: Path) -> bool:
    """Put the build in place and say whether anything changed."""
    if on_disk(target) == build.files:
        return False
    if target.exists():
        shutil.rmtree(target)
    for path, content in build.files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)
    return True


def run(root: Path, check: bool) -> int:
    """Do what the command line asks; returns the exit code and prints Dutch lines."""
    target = root / "static" / "vendor"
    if check:
        found = problems(root, target)
        print("\n".join(found) if found else "static/vendor klopt met package-lock.json.")
        return 1 if found else 0
    build = build_all(root)
    changed = write(build, target)
    size = sum(map(len, build.files.values())) // 1024
    outcome = "gemaakt" if changed else "ongewijzigd"
    print(f"static/vendor {outcome}: {len(build.files)} bestanden, {size} KB.")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Command-line entry: see the text at the top of this file."""
    parser = argparse.ArgumentParser(description="Maakt static/vendor uit de vastgezette npm-pakketten.")
    parser.add_argument("--check", action="store_true", help="alleen kijken of static/vendor klopt")
    try:
        return run(ROOT, parser.parse_args(arguments).check)
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
