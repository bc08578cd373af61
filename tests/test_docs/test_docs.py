"""The documentation says what the code says, leads nowhere into the void, and builds without a warning or a request."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from waterline.cli import app
from waterline.thesis.claims import CLAIMS

PAGES = ("configuration.md", "commands.md", "series.md")
NAV = '[project]\nnav = [{ "Home" = "index.md" }, { "Part" = [{ "Page" = "page.md" }] }]\n'
INVENTED = {"inverted_curve", "credit_impulse", "test_credit_impulse"}
"""Files that the reader is shown how to make."""
LOADED = re.compile(
    r"<(?:script|link|img|iframe|source)[^>]*?\s(?:src|href)=[\"']?(?P<address>(?:https?:)?//[^\"' >]+)"
)


def words(root: Path) -> dict[str, str]:
    """Each page that people wrote, by its name."""
    pages = [*(root / "docs").rglob("*.md"), root / "README.md", root / "CONTRIBUTING.md"]
    return {page.relative_to(root).as_posix(): page.read_text(encoding="utf-8") for page in pages}


# --- links and navigation ------------------------------------------------------------------------------------------


def linked(root: Path, tree: Path) -> subprocess.CompletedProcess[str]:
    """What the gate says of a tree."""
    command = [sys.executable, str(root / "tools" / "links.py"), str(tree)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def plant(tree: Path, **pages: str) -> None:
    """A small documentation, with pages replaced or added."""
    (tree / "zensical.toml").write_text(pages.pop("nav", NAV), encoding="utf-8")
    sound = {
        "index": "# Home\n\n[There](page.md#a-heading-of-3-words)\n",
        "page": "# Page\n\n## A heading, of 3 `words`\n",
    }
    for name, text in (sound | pages).items():
        file = tree / "docs" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def test_no_link_of_the_documentation_is_dead_and_every_page_is_in_the_navigation(root: Path) -> None:
    done = linked(root, root)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_sound_tree_passes(root: Path, tmp_path: Path) -> None:
    code = "```\n[dead](in-a-fence.md)\n```\n\n`[dead](in-code.md)` and [a mirror](https://example.org/x.md)\n"
    plant(tmp_path, index=f"# Home\n\n[There](page.md)\n\n{code}")
    done = linked(root, tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("complaint", "pages"),
    [
        ("docs/index.md:3: gone.md does not exist", {"index": "# Home\n\n[There](gone.md)\n"}),
        ("no heading with that anchor", {"index": "# Home\n\n[There](page.md#gone)\n"}),
        ("no heading with that anchor", {"index": "# Home\n\n[Here](#gone)\n"}),
        ("images/gone.png does not exist", {"index": "# Home\n\n![Picture](images/gone.png)\n"}),
        ("gone.md does not exist", {"index": '# Home\n\n<a class="x" href="gone.md">There</a>\n'}),
        ("leads out of docs", {"index": "# Home\n\n[Settings](../zensical.toml)\n"}),
        ("read offline", {"index": "# Home\n\n![Badge](https://example.org/badge.svg)\n"}),
        ("read offline", {"index": '# Home\n\n<script src="//example.org/x.js"></script>\n'}),
        ("docs/new.md: is not in the navigation", {"new": "# New\n"}),
        ("the navigation names gone.md", {"nav": NAV.replace("[{", '["gone.md", {', 1)}),
        ("names page.md more than once", {"nav": NAV.replace("[{", '["page.md", {', 1)}),
        ("2 headings share the anchor", {"page": "# Page\n\n## A heading of 3 words\n\n## A heading of 3 words\n"}),
    ],
)
def test_a_planted_fault_is_refused(root: Path, tmp_path: Path, complaint: str, pages: dict[str, str]) -> None:
    plant(tmp_path, **pages)
    done = linked(root, tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout
    assert len(done.stdout.splitlines()) == 1


# --- what is told is so --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_reference_is_what_the_code_says_today(root: Path, page: str) -> None:
    tool: dict[str, Any] = runpy.run_path(str(root / "tools" / "reference.py"))
    assert set(tool["MAKERS"]) == set(PAGES)
    written = (root / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert tool["made"](page) == written, "run `make reference`"


def test_every_key_of_a_resolved_configuration_is_in_the_reference(root: Path) -> None:
    from waterline.config import load

    def keys(tree: Any) -> set[str]:
        nested = [value for value in tree.values() if isinstance(value, dict)] if isinstance(tree, dict) else []
        return set(tree).union(*map(keys, nested)) if isinstance(tree, dict) else set()

    reference = (root / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([^`]+)` \|", reference, re.MULTILINE))
    for name in ("classic", "ai_capex", "ai_capex.tune"):
        resolved = load(root / "configs" / f"{name}.yaml").resolved()
        free = {*resolved["sleeves"], *resolved["costs_bps"], *resolved.get("tune", {}).get("space", {})}
        mixes = {key for mix in ("ample", "scarce", "before") for key in resolved["strategy"]["params"].get(mix, {})}
        assert keys(resolved) - told - free - mixes == set()


def test_the_claims_are_told_as_they_are_tested(root: Path) -> None:
    thesis = (root / "docs" / "thesis.md").read_text(encoding="utf-8")
    assert re.findall(r"^\d\. (.+)$", thesis, re.MULTILINE) == [claim.text for claim in CLAIMS]


def test_quoted_commands_targets_and_files_exist(root: Path) -> None:
    program: Any = typer.main.get_command(app)
    commands = set(program.list_commands(program.make_context("waterline", [], resilient_parsing=True)))
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name, text in words(root).items():
        code = "\n".join(re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL))
        assert set(re.findall(r"\bwaterline ([a-z]+)", code)) <= commands, name
        assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets, name
        for file in re.findall(r"\b(?:configs|signals|strategies|tools|waterline)/[\w/.]+\.(?:py|yaml)\b", code):
            assert (root / file).exists() or Path(file).stem in INVENTED, f"{name}: {file}"


# --- the site ------------------------------------------------------------------------------------------------------


def generator(root: Path) -> Path:
    """The site generator: of this environment, or of the one that ``make docs`` set up."""
    for found in (Path(sys.executable).parent / "zensical", root / ".venv-docs" / "bin" / "zensical"):
        if found.exists():
            return found
    pytest.skip("zensical is in neither environment; `make docs` sets one up")


def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(root: Path, tmp_path: Path) -> None:
    program = generator(root)
    shutil.copy(root / "zensical.toml", tmp_path)
    shutil.copytree(root / "docs", tmp_path / "docs")
    command = [str(program), "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    built = {page.relative_to(tmp_path / "site").with_suffix("") for page in (tmp_path / "site").rglob("*.html")}
    assert {page.relative_to(root / "docs").with_suffix("") for page in (root / "docs").rglob("*.md")} <= built
    for page in (tmp_path / "site").rglob("*.html"):
        assert LOADED.findall(page.read_text(encoding="utf-8")) == [], page.name
