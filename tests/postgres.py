"""A private PostgreSQL server for tests and benchmarks: own folder, own socket, gone afterwards."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

MINIMUM = 15
OWNER = "talkdeck"
# Durability costs time and a test database is thrown away; a benchmark passes its own settings.
FAST = {
    **{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    **{"wal_level": "minimal", "max_wal_senders": "0"},
}
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


class Missing(Exception):
    """No usable PostgreSQL server programs on this machine."""


@dataclass(frozen=True)
class Server:
    """A running server; `url` gives the address of one of its databases."""

    socket: Path
    process: "subprocess.Popen[bytes]"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.socket}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self.socket), user=OWNER, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """End it now; open sessions are cut off."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def find_programs() -> Path:
    """The folder of the newest server programs that are new enough and have pg_trgm."""
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        folders.extend(Path("/").glob(pattern))
    versions = {folder: _version(folder) for folder in folders}
    usable = [(version, folder) for folder, version in versions.items() if version >= MINIMUM and _has_trigrams(folder)]
    if not usable:
        raise Missing(f"No PostgreSQL server programs of version {MINIMUM} or newer with pg_trgm were found.")
    return max(usable)[1]


@contextmanager
def running(options: Mapping[str, str] = FAST) -> Iterator[Server]:
    """Start a server of its own; it ends, and its folder goes, with the block."""
    programs = find_programs()
    # A socket's path may have about 100 characters at most, and the server's account must reach it.
    folder = Path(tempfile.mkdtemp(prefix="talkdeck-pg-"))
    account = _account(folder)
    initialise = [programs / "initdb", "-U", OWNER, "-A", "trust", "-E", "UTF8", f"--locale={_LOCALE}", "-N", "-D"]
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), **options}
    try:
        subprocess.run([*initialise, folder / "data"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **account)
        command = [programs / "postgres", "-D", folder / "data"]
        command += [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **account) as process,
        ):
            try:
                yield _ready(Server(folder, process))
            finally:
                Server(folder, process).stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ready(server: Server) -> Server:
    for _ in range(300):
        if server.process.poll() is not None:
            break
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError("PostgreSQL did not start:\n" + (server.socket / "log").read_text())


def _account(folder: Path) -> dict[str, Any]:
    """The server refuses root, so root lends it the folder and an unprivileged account."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _version(programs: Path) -> int:
    if not (programs / "postgres").exists():
        return 0
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", answer)
    return int(found[1]) if found else 0


def _has_trigrams(programs: Path) -> bool:
    question = [programs / "pg_config", "--sharedir"]
    if not question[0].exists():
        return False
    shared = subprocess.run(question, capture_output=True, text=True, check=False).stdout.strip()
    return (Path(shared) / "extension" / "pg_trgm.control").exists()
