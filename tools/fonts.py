"""Lay the letter fonts ready: Noto Sans Regular and Bold, as TrueType, in build/fonts.

Letters need TrueType outlines with every Latin letter; the web fonts of the pages are compressed and split
per script, and a system's own Noto is not there on every machine. So the two files come from the pinned npm
package, and are not committed. VERSION.json names the package, its licence and the hash of each file.

    python tools/fonts.py            build build/fonts (writes nothing when it is up to date)
    python tools/fonts.py --check    exit 1 when build/fonts is missing or differs from the package
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "@expo-google-fonts/noto-sans"
FILES = {
    "NotoSans-Regular.ttf": "400Regular/NotoSans_400Regular.ttf",
    "NotoSans-Bold.ttf": "700Bold/NotoSans_700Bold.ttf",
    "OFL-1.1.txt": "LICENSE_FONT",
}
TRUETYPE = b"\x00\x01\x00\x00"


class FontError(Exception):
    """What is wrong, in a Dutch sentence that says how to mend it."""


def read_package(root: Path) -> dict[str, bytes]:
    """File name in build/fonts to its bytes, VERSION.json included.

    Raises FontError when the package is absent or a font is no TrueType file.
    """
    folder = root / "node_modules" / PACKAGE
    if not (folder / "package.json").is_file():
        raise FontError(f"{PACKAGE} staat niet in node_modules: draai eerst `npm ci --ignore-scripts`.")
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    files = {name: (folder / source).read_bytes() for name, source in FILES.items()}
    for name, content in files.items():
        if name.endswith(".ttf") and not content.startswith(TRUETYPE):
            raise FontError(f"{name} is geen TrueType-lettertype.")
    version = {
        "package": PACKAGE,
        "version": package["version"],
        "licence": "OFL-1.1",
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files["VERSION.json"] = (json.dumps(version, indent=2) + "\n").encode()
    return files


def outdated(target: Path, files: dict[str, bytes]) -> list[str]:
    """The names that are absent from the target folder, or differ there."""
    return [
        name
        for name, content in files.items()
        if not (target / name).is_file() or (target / name).read_bytes() != content
    ]


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Build or check; returns the exit code."""
    parser = argparse.ArgumentParser(description="Zet de lettertypen voor brieven klaar in build/fonts.")
    parser.add_argument("--check", action="store_true", help="alleen nakijken, niets schrijven")
    options = parser.parse_args(argv)
    target = root / "build" / "fonts"
    try:
        files = read_package(root)
    except FontError as error:
        print(error, file=sys.stderr)
        return 1
    wrong = outdated(target, files)
    if options.check and wrong:
        print(f"build/fonts klopt niet ({', '.join(wrong)}): draai `python tools/fonts.py`.", file=sys.stderr)
        return 1
    target.mkdir(parents=True, exist_ok=True)
    for name in wrong:
        (target / name).write_bytes(files[name])
    print(f"build/fonts {'bijgewerkt' if wrong else 'ongewijzigd'}: {len(files)} bestanden.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
