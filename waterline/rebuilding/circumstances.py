"""Two records of a run: other data, another configuration, other packages, other code?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from waterline.rebuilding.comparing import leaves

Kind = Literal["data", "config", "sessions", "packages", "code"]
FINDINGS: frozenset[Kind] = frozenset({"data", "config", "sessions"})
"""What makes it another experiment. Other packages and code that give the same bits are told, not held against it."""
DIGITS = 12


@dataclass(frozen=True, slots=True)
class Difference:
    """One circumstance that was another one when the run was made.

    Attributes:
        kind: what sort it is of.
        subject: the file or series, key, package or part of the code.
        kept: how it stands in the record; empty where it was not there.
        rebuilt: how it stands now; empty where it is not there.
    """

    kind: Kind
    subject: str
    kept: str
    rebuilt: str

    @property
    def is_finding(self) -> bool:
        """Whether it makes the rebuilt run another experiment."""
        return self.kind in FINDINGS

    def told(self) -> str:
        """The sentence for it."""
        if not self.kept:
            return f"{self.subject}: {self.rebuilt} now, absent when the run was made"
        if not self.rebuilt:
            return f"{self.subject}: {self.kept} when the run was made, absent now"
        return f"{self.subject}: {self.kept} when the run was made, {self.rebuilt} now"


def differences(kept: Mapping[str, Any], rebuilt: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What stands otherwise in the two versions of ``run.json``, what makes it another experiment first."""
    parts = (
        ("data", _digests(kept, "inputs"), _digests(rebuilt, "inputs")),
        ("config", _settings(kept), _settings(rebuilt)),
        ("sessions", _flat(kept, "sessions"), _flat(rebuilt, "sessions")),
        ("packages", _versions(kept), _versions(rebuilt)),
        ("code", *_code(kept, rebuilt)),
    )
    return tuple(found for kind, before, after in parts for found in _between(kind, before, after))


def _between(kind: Any, kept: Mapping[str, str], rebuilt: Mapping[str, str]) -> Iterator[Difference]:
    for subject in sorted({**kept, **rebuilt}):
        if kept.get(subject) != rebuilt.get(subject):
            yield Difference(kind, subject, kept.get(subject, ""), rebuilt.get(subject, ""))


def _flat(manifest: Mapping[str, Any], key: str) -> dict[str, str]:
    return {path: str(value) for path, value in leaves(manifest.get(key) or {}) if path}


def _digests(manifest: Mapping[str, Any], key: str) -> dict[str, str]:
    held = manifest.get(key)
    return {name: f"digest {str(digest)[:DIGITS]}" for name, digest in held.items()} if isinstance(held, dict) else {}


def _settings(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Keys of the configuration, but for where the data lie and who is asked for them, and its digest."""
    held = _flat(manifest, "config")
    keys = {key: value for key, value in held.items() if key != "data.path" and not key.startswith("providers.")}
    return keys | {key: str(manifest.get(key, ""))[:DIGITS] for key in ("digest", "seed", "name")}


def _versions(manifest: Mapping[str, Any]) -> dict[str, str]:
    return _flat(manifest, "packages") | {key: str(manifest.get(key, "")) for key in ("python", "engine")}


def _code(kept: Mapping[str, Any], rebuilt: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Digests of the code, and the commits where those differ; the commits alone where one record has no digests."""
    before, after = _digests(kept, "code"), _digests(rebuilt, "code")
    if before and before == after:
        return {}, {}
    commits = _commit(kept), _commit(rebuilt)
    return (commits[0] | before, commits[1] | after) if before and after else commits


def _commit(manifest: Mapping[str, Any]) -> dict[str, str]:
    git = manifest.get("git") or {}
    return {"commit": str(git.get("commit"))[:DIGITS] + (" with changes" if git.get("changed") else "")} if git else {}
