"""FRED through the real fredapi against a local service: latest revisions, increments, changes, the door's lock."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from servers.chains import everything_it_holds
from servers.fred import JUNE, KEY, FredServer, yields
from servers.stored import Stored

from waterline.catalog import SERIES
from waterline.providers.base import (
    MissingKey,
    Provider,
    UnknownSeries,
    WrongKey,
)
from waterline.providers.fred import FredProvider
from waterline.providers.http import Client

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NOW = dt.datetime(2024, 6, 28, 21, tzinfo=dt.UTC)


def test_it_is_a_provider_of_what_fred_publishes(quick: Client) -> None:
    provider: Provider = FredProvider(quick)
    assert provider.name == "fred"
    served = {name for name in SERIES if provider.serves(name)}
    assert SERIES.keys() - served == {"IRX", "TBILLQ", "REALGDP", "REALINV", "DEBTPUBLIC"}
    assert not provider.serves("SPY")


def test_a_series_that_is_not_revised_is_available_by_rule(fred: FredServer, provider: FredProvider) -> None:
    fetched = provider.fetch("DGS10", None)
    (rows,) = fetched.rows
    assert rows.series == "DGS10"
    assert rows.source == "fred"
    assert rows.period.tolist() == JUNE
    assert rows.value.tolist() == pytest.approx([4.0 + 0.01 * n for n in range(10)])
    assert rows.available_at.dtype == "datetime64[s]"
    assert str(rows.available_at[4]) == "2024-06-10T20:40:00"  # Friday's yield: Monday at 16:40 in New York
    assert str(rows.vintage[4]) == "2024-06-10"
    assert fetched.notices == ()


def test_missing_values_are_left_out(fred: FredServer, provider: FredProvider) -> None:
    fred.publish("SOFR", JUNE[-1], [(JUNE[0], "5.31"), (JUNE[1], "."), (JUNE[2], "5.33")])
    (rows,) = provider.fetch("SOFR", None).rows
    assert rows.value.tolist() == [5.31, 5.33]


def test_fredapis_transport_is_ours(fred: FredServer, provider: FredProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    import fredapi.fred

    def never(*_: object, **__: object) -> None:
        raise AssertionError("fredapi's own transport was used")

    monkeypatch.setattr(fredapi.fred, "urlopen", never)
    monkeypatch.setattr(fredapi.fred.url_request, "install_opener", never)
    monkeypatch.setattr(fredapi.fred.url_request, "urlopen", never)
    fred.publish("GDP", JUNE[-1], [(dt.date(2024, 1, 1), "28000.1")])
    provider.fetch("DGS10", None)
    provider.fetch("GDP", None)
    assert {request.path.rpartition("/")[2] for request in fred.net.log} == {"series", "observations", "vintagedates"}
    assert all("waterline" in request.headers["user-agent"] for request in fred.net.log)


def test_the_answer_is_what_plain_fredapi_reads(fred: FredServer, provider: FredProvider) -> None:
    from urllib import request

    from fredapi import Fred

    (rows,) = provider.fetch("DGS10", None).rows
    opener = request._opener
    try:  # the unmodified client, with nothing but the environment
        plain = Fred(api_key=KEY).get_series("DGS10")
    finally:
        request.install_opener(opener)
    assert os.environ["SSL_CERT_FILE"] == str(fred.net.ca)
    assert plain.index.to_numpy().astype("datetime64[D]").tolist() == rows.period.tolist()
    assert plain.tolist() == rows.value.tolist()


def test_nothing_new_costs_one_request(fred: FredServer, provider: FredProvider) -> None:
    stored = Stored()
    stored.take(provider.fetch("DGS10", None))
    fred.net.log.clear()
    again = provider.fetch("DGS10", stored.known())
    assert again.rows == ()
    assert again.marker == stored.marker
    assert len(fred.net.log) == 1


def test_only_what_is_new_is_asked_for(fred: FredServer, provider: FredProvider) -> None:
    years = [dt.date(2023, 1, 2) + dt.timedelta(n) for n in range(526) if (n % 7) < 5]
    fred.publish("DGS2", JUNE[-2], yields([day for day in years if day < JUNE[-1]]))
    stored = Stored()
    stored.take(provider.fetch("DGS2", None))
    fred.publish("DGS2", JUNE[-1], [(JUNE[-1], "5.01")])
    fred.net.log.clear()
    fetched = provider.fetch("DGS2", stored.known())
    assert fred.net.log[-1].query["observation_start"] >= "2024-05-01"
    (rows,) = fetched.rows
    assert rows.period.tolist() == [JUNE[-1]]
    assert str(rows.available_at[0]) == "2024-06-17T20:40:00"
    assert fetched.notices == ()
    assert stored.take(fetched) == 1


def test_a_changed_value_is_a_vintage_of_today(fred: FredServer, provider: FredProvider) -> None:
    stored = Stored()
    stored.take(provider.fetch("DGS10", None))
    fred.publish("DGS10", dt.date(2024, 6, 28), [(JUNE[3], "9.99"), (dt.date(2024, 6, 17), "4.20")])
    fetched = provider.fetch("DGS10", stored.known())
    assert stored.take(fetched) == 2
    new, seen = fetched.rows
    assert new.period.tolist() == [dt.date(2024, 6, 17)]
    assert seen.period.tolist() == [JUNE[3]]
    assert str(seen.available_at[0]) == "2024-06-28T21:00:00"
    assert str(seen.vintage[0]) == "2024-06-28"
    assert fetched.notices[0].text == "1 stored values have changed: 2024-06-06 was 4.03 and is 9.99."
    assert stored.as_of("DGS10", "2024-06-28T20:59:59")["2024-06-06"] == 4.03
    assert stored.as_of("DGS10", "2024-06-28T21:00:00")["2024-06-06"] == 9.99
    fred.publish("DGS10", dt.date(2024, 6, 29), [(dt.date(2024, 6, 18), "4.3")])
    assert stored.take(provider.fetch("DGS10", stored.known())) == 1  # the change is not reported twice


def test_a_hole_filled_late_was_not_known_before(fred: FredServer, provider: FredProvider) -> None:
    fred.publish("DGS10", JUNE[-1], [(JUNE[4], ".")])
    stored = Stored()
    stored.take(provider.fetch("DGS10", None))
    fred.publish("DGS10", dt.date(2024, 6, 28), [(JUNE[4], "4.04")])
    (rows,) = provider.fetch("DGS10", stored.known()).rows
    assert rows.period.tolist() == [JUNE[4]]
    assert str(rows.available_at[0]) == "2024-06-28T21:00:00"


def test_a_withdrawn_value_is_kept_and_told(fred: FredServer, provider: FredProvider) -> None:
    stored = Stored()
    stored.take(provider.fetch("DGS10", None))
    fred.publish("DGS10", dt.date(2024, 6, 28), [(JUNE[5], "."), (dt.date(2024, 6, 17), "4.20")])
    fetched = provider.fetch("DGS10", stored.known())
    assert stored.take(fetched) == 1
    assert "1 stored values from 2024-06-10 on are no longer published" in fetched.notices[0].text


def test_a_clock_set_back_does_not_put_a_change_before_what_it_changes(fred: FredServer, quick: Client) -> None:
    stored = Stored()
    stored.take(FredProvider(quick, SecretStr(KEY), lambda: NOW).fetch("DGS10", None))
    fred.publish("DGS10", dt.date(2024, 6, 28), [(JUNE[9], "9.99")])
    long_ago = dt.datetime(1999, 1, 1, tzinfo=dt.UTC)
    fetched = FredProvider(quick, SecretStr(KEY), lambda: long_ago).fetch("DGS10", stored.known())
    stored.take(fetched)
    assert stored.as_of("DGS10", "2030-01-01")["2024-06-14"] == 9.99


def test_an_id_that_could_carry_a_parameter_is_refused_unasked(fred: FredServer, provider: FredProvider) -> None:
    for series in ("DGS10&observation_start=2024-01-01", "DGS 10", "dgs10", "", "../DGS10"):
        with pytest.raises(UnknownSeries, match="no such id"):
            provider.fetch(series, None)
    with pytest.raises(UnknownSeries, match="Check the spelling"):
        provider.fetch("DGS11", None)
    assert fred.net.log == []


def test_a_series_that_fred_does_not_know(fred: FredServer, provider: FredProvider) -> None:
    with pytest.raises(UnknownSeries, match=r"DGS30: FRED does not know it \('The series does not exist\.'\)"):
        provider.fetch("DGS30", None)


def test_without_a_key_the_way_to_one_is_told(fred: FredServer, quick: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRED_API_KEY", " ")
    with pytest.raises(MissingKey, match=r"fred\.stlouisfed\.org, open API Keys under My Account.*fred-csv") as told:
        FredProvider(quick).fetch("DGS10", None)
    assert told.value.exit_code == 3
    assert fred.net.log == []


def test_the_key_comes_from_the_environment_and_is_not_shown(
    fred: FredServer, quick: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRED_API_KEY", f" {KEY}\n")
    provider = FredProvider(quick)
    assert len(provider.fetch("DGS10", None).rows) == 1
    assert KEY not in repr(provider)
    assert KEY not in str(provider)


def test_a_wrong_key_is_told_without_showing_it(fred: FredServer, quick: Client) -> None:
    wrong = "f" * 32
    with pytest.raises(WrongKey, match=r"does not accept the key \('The value for variable api_key is not reg") as told:
        FredProvider(quick, SecretStr(wrong)).fetch("DGS10", None)
    assert wrong not in everything_it_holds(told.value)


def test_long_answers_come_in_pages(fred: FredServer, provider: FredProvider) -> None:
    fred.page = 3
    assert provider.fetch("DGS10", None).rows[0].period.tolist() == JUNE


def test_values_and_dates_survive_exactly(fred: FredServer, provider: FredProvider) -> None:
    texts = ["0.1", "123456789.123", "-0.25", "1e3", "0"]
    fred.publish("EFFR", JUNE[-1], list(zip(JUNE[:5], texts, strict=True)))
    (rows,) = provider.fetch("EFFR", None).rows
    assert np.array_equal(rows.value, [float(text) for text in texts])


SCRIPT = """
import logging
from waterline.providers.fred import FredProvider

logging.basicConfig(level=logging.DEBUG)
provider = FredProvider()
print(len(provider.fetch("DGS10", None).rows[0]), provider)
"""


def test_two_processes_at_once_keep_one_pace_and_the_key_to_themselves(
    fred: FredServer, root: Path, tmp_path: Path
) -> None:
    places = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(root), "FRED_API_KEY": KEY}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, **fred.net.env(), **places},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    at = sorted(request.at for request in fred.net.log)
    assert len(at) == 4
    assert at[-1] - at[0] >= 3 * 0.5 - 0.25  # two a second; the first may have been long on its way
    for stdout, stderr in outputs:
        assert stdout.startswith("10 FredProvider(")
        assert "api_key=…" in stderr
        assert KEY not in stdout + stderr
    written = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert written
    assert not any(KEY.encode() in text for text in written)
