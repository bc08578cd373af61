"""The layout of the file and how an older layout becomes the present one. Nothing but additions, here as everywhere."""

from __future__ import annotations

from waterline.store.database import Database
from waterline.store.errors import StoreError

VERSION = 2
TABLES = (
    """CREATE TABLE observations (
        series VARCHAR NOT NULL, period DATE NOT NULL, available_at TIMESTAMP NOT NULL, recorded_at TIMESTAMP NOT NULL,
        value DOUBLE NOT NULL, source VARCHAR NOT NULL, vintage DATE NOT NULL
    )""",
    """CREATE TABLE fetches (
        series VARCHAR NOT NULL, provider VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL,
        finished_at TIMESTAMP NOT NULL, rows_new BIGINT NOT NULL, revised BIGINT NOT NULL, state VARCHAR NOT NULL,
        message VARCHAR NOT NULL, marker VARCHAR
    )""",
    "CREATE TABLE meta (schema_version INTEGER NOT NULL)",
)
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: ("ALTER TABLE fetches ADD COLUMN marker VARCHAR",),
}
MACROS = (
    # Of the rows with one key the row recorded last; an append leaves no two with one key and instant of recording.
    """CREATE TEMP MACRO stored(asked, known_by, origins) AS TABLE
        SELECT series, period, available_at, max_by(vintage, recorded_at) AS vintage,
            max_by(value, recorded_at) AS value, max_by(source, recorded_at) AS source
        FROM observations
        WHERE series IN (SELECT unnest(asked::VARCHAR[]))
            AND recorded_at <= coalesce(known_by, 'infinity'::TIMESTAMP)
            AND (origins IS NULL OR list_contains(origins, source))
        GROUP BY ALL""",
)


def prepare(database: Database) -> None:
    """Write the present layout into an empty file."""
    with database.transaction():
        for statement in TABLES:
            database.execute(statement)
        database.execute("INSERT INTO meta VALUES ($version)", version=VERSION)


def version(database: Database) -> int:
    """The layout of the file.

    Raises:
        StoreError: it is none of ours, or newer than this program.
    """
    known = database.rows("SELECT count(*) FROM duckdb_tables() WHERE NOT internal AND table_name = 'meta'")
    if known[0][0] == 0:
        problem = "is a DuckDB file, but no store of Waterline."
        raise StoreError(database.path, problem, "Name another path; the file is untouched.")
    found = int(database.rows("SELECT max(schema_version) FROM meta")[0][0])
    if found > VERSION:
        problem = f"has layout {found}, newer than the {VERSION} that this version of Waterline knows."
        raise StoreError(database.path, problem, "Update Waterline; the file is untouched.")
    return found


def migrate(database: Database) -> None:
    """Bring an older layout up to the present one: all steps in one transaction."""
    with database.transaction():
        for step in range(version(database), VERSION):
            for statement in MIGRATIONS[step]:
                database.execute(statement)
            database.execute("INSERT INTO meta VALUES ($version)", version=step + 1)


def define_macros(database: Database) -> None:
    """Define what the queries share, for this connection alone."""
    for statement in MACROS:
        database.execute(statement)
