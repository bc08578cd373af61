"""A PostgreSQL server on loopback, in a folder of its own, with a password."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "captain", "n0t{so}s3cret/@%:tide"
QUOTED = "n0t%7Bso%7Ds3cret%2F%40%25%3Atide"
"""The password as it stands in an address."""
PROGRAMS = ("initdb", "postgres", "pg_isready", "createdb")
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")


def programs() -> Path | None:
    """Folder of the server's programs, the newest of Debian's, which are not in the path, or those that are."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((folder for folder in folders if all((folder / name).exists() for name in PROGRAMS)), None)


def _owner() -> str | None:
    """Who runs the server: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def running(binaries: Path) -> Iterator[int]:
    """The port of a new server with the database ``studies``."""
    folder = Path(tempfile.mkdtemp(prefix="waterline-postgres-"))
    owner = _owner()
    (folder / "password").write_text(PASSWORD, encoding="ascii")
    if owner is not None:
        for path in (folder, folder / "password"):
            shutil.chown(path, owner)
    as_owner = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}
    make = [binaries / "initdb", "-D", folder / "data", "-U", USER, "--pwfile", folder / "password"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": folder}
    subprocess.run(
        [*make, "-A", "scram-sha-256", "--no-sync", "--locale=C", "-E", "UTF8"], check=True, **quiet, **as_owner
    )
    port = _free_port()
    options = [part for setting in (*SETTINGS, f"unix_socket_directories={folder}") for part in ("-c", setting)]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", "-p", str(port), *options], **quiet, **as_owner
    )
    try:
        _wait(binaries, port, server)
        secret = {**os.environ, "PGPASSWORD": PASSWORD}
        reach = ["-h", "127.0.0.1", "-p", str(port), "-U", USER]
        subprocess.run([binaries / "createdb", *reach, "studies"], check=True, env=secret, cwd=folder)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(binaries: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    probe = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(300):
        if subprocess.run(probe, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("the PostgreSQL server does not start")
