"""Finds, or installs, the programs that tests need beside Python packages: Chromium and a PostgreSQL server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from tests import postgres
from tests.browser import chromium


def main() -> None:
    with_libraries = ["--with-deps"] if _may_install() else []
    download = [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]
    _need("Chromium", chromium.find, "chromium", first_try=download)
    _need("PostgreSQL", _postgresql, "postgresql")


def _postgresql() -> str | None:
    try:
        return str(postgres.find_programs())
    except postgres.Missing:
        return None


def _need(name: str, find: Callable[[], str | None], package: str, first_try: list[str] | None = None) -> None:
    if first_try and not find():
        _say(f"{name} was not found; trying to download it ...")
        subprocess.run(first_try, check=False)
    if not find():
        _say(f"{name} was not found; installing the system's package {package} ...")
        _install(package)
    where = find()
    if where is None:
        sys.exit(f"Tests: {name} is missing and could not be installed. Install the package {package} and try again.")
    _say(f"{name}: {where}")


def _may_install() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def _install(package: str) -> None:
    if not _may_install():
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, env=quiet, stdout=subprocess.DEVNULL)


def _say(text: str) -> None:
    sys.stdout.write(f"Tests: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
