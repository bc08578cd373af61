"""Does the thesis hold: the seven claims as the page shows them."""

from __future__ import annotations

from typing import Any

from waterline.report.numerals import spelled
from waterline.report.tables import WindowRows
from waterline.thesis import CONTRADICTED, NOT_DECIDABLE, SUPPORTED, Finding, Scorecard
from waterline.thesis.words import DASH, figure, interval, reasons, told_windows

HEADS = ("Estimate", "90% interval", "p", "p (Holm)", "Episodes", "Power", "Detectable")


def thesis_section(card: Scorecard) -> dict[str, Any]:
    """Its parts by the names that its template uses."""
    windows = [(heading, _claims(found)) for heading, found in told_windows(card)]
    return {"answer": thesis_answer(card), "heads": HEADS, "windows": windows}


def thesis_answer(card: Scorecard) -> str:
    """How many claims the whole sample decides."""
    found = card.findings["all"]
    if not found:
        return f"**{NOT_DECIDABLE.capitalize()}.**"
    number = {name: sum(one.verdict == name for one in found) for name in (SUPPORTED, CONTRADICTED, NOT_DECIDABLE)}
    told = [spelled(value, len(found)) for value in number.values()]
    return (
        f"Of {spelled(len(found))} claims, fixed before looking, **{told[0]} supported, {told[1]} contradicted, "
        f"{told[2]} not decidable** with these data, over all sessions."
    )


def _claims(found: tuple[Finding, ...]) -> tuple[WindowRows, ...]:
    return tuple(_claim(one, why) for one, why in zip(found, reasons(found), strict=True))


def _claim(found: Finding, why: str) -> WindowRows:
    """The verdict with its reason, the claim as a whole, and its numbers."""
    label, reason = f"{found.claim.number}. {found.claim.text}", why.split(". ", 2)[2]
    if not found.parts:
        return WindowRows(label, found.verdict, reason, ())
    whole = ("", "", figure(found.p_value, 3), figure(found.p_adjusted, 3), str(found.episodes), figure(found.power))
    rows = [("strategy", "The claim", (*whole, ""))]
    for part in found.parts:
        sign = ">" if part.part.sign > 0 else "<"
        name = f"{part.part.name} {sign} 0{' (weak)' if part.part.weak else ''}"
        numbers = (
            figure(part.estimate, 3), interval(part) or DASH, figure(part.p_value, 3), "", str(part.episodes),
            figure(part.power), figure(part.detectable, 3),
        )  # fmt: skip
        rows.append(("", name, numbers))
    return WindowRows(label, found.verdict, reason, tuple(rows))
