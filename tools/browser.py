"""Find the browser for the tests; where there is none, install Debian's.

python tools/browser.py     prints the path of the browser, or fails and says what to do
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A variable for a browser that lies elsewhere.
VARIABLE = "BEREIK_BROWSER"


class BrowserMissing(Exception):
    """There is no browser and none can be installed; the message is Dutch and says how to mend it."""


def find() -> str:
    """Give the path of Chromium or Chrome. Errors: BrowserMissing."""
    for name in (os.environ.get(VARIABLE, ""), *NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    raise BrowserMissing(
        f"Er is geen browser voor de tests. Installeer Chromium (Debian: apt-get install chromium) "
        f"of zet het pad van Chrome of Chromium in {VARIABLE}."
    )


def install() -> None:
    """Install Debian's Chromium, as root or through sudo without a question. Errors: BrowserMissing."""
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (become and not shutil.which("sudo")):
        return
    print("Er is nog geen browser voor de tests; Chromium wordt nu geïnstalleerd.", flush=True)
    settings = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            [*become, *settings, "apt-get", *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BrowserMissing(f"Chromium installeren lukt niet: {done.stderr.strip()[-1000:]}")


def main() -> int:
    """Print the browser's path; gives the exit code."""
    try:
        try:
            path = find()
        except BrowserMissing:
            install()
            path = find()
    except BrowserMissing as error:
        print(error, file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
