"""An audit and its tax as rows of a table and as sentences, for a terminal."""

from __future__ import annotations

from collections import Counter

import numpy as np

from waterline.audit.finding import Audit, Check, Finding
from waterline.audit.tax import Line, Tax

CHECK_HEADS = ("check", "verdict", "tried", "found", "asks", "told")
TAX_HEADS = ("data", "growth", "Sharpe", "standard error", "drawdown", "timing gain", "what a session knows")


def check_rows(audit: Audit) -> list[tuple[str, ...]]:
    """One row a check, under ``CHECK_HEADS``."""
    return [_check_row(check) for check in audit.checks]


def _check_row(check: Check) -> tuple[str, ...]:
    return (check.name, check.verdict, str(check.tried), str(check.failed), check.asks, check.note or "-")


def told(audit: Audit) -> str:
    """What was found, where, and what to do about it; the last line sums up."""
    found = [_told(number, finding) for number, finding in enumerate(audit.findings, 1)]
    counts = Counter(finding.kind for finding in audit.findings)
    summed = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return "\n\n".join([*found, f"{audit.name}: {summed or 'nothing knew what came later'}."])


def _told(number: int, finding: Finding) -> str:
    session = "" if np.isnat(finding.first_session) else f", first on {finding.first_session}"
    count = "1 cut" if finding.cuts == 1 else f"{finding.cuts} cuts"
    cuts = "" if np.isnat(finding.cut) else f" at {count}, from {finding.cut} on"
    seen = f"Seen by: {', '.join(finding.check)}{cuts}{session}."
    return f"{number}. {finding.kind.capitalize()}, {finding}.\n   {seen}\n   To do: {finding.to_do()}"


def tax_heading(tax: Tax) -> str:
    """What the table of the tax shows."""
    return f"Look-ahead tax, {tax.first_session} to {tax.last_session}; in brackets: beyond the last row."


def tax_rows(tax: Tax) -> list[tuple[str, ...]]:
    """One row a reading of the data, under ``TAX_HEADS``, with what it claims beyond the most honest one."""
    return [_tax_row(tax, line) for line in tax.lines]


def _tax_row(tax: Tax, line: Line) -> tuple[str, ...]:
    beyond = tax.difference(line)
    return (
        line.reading,
        f"{line.cagr:.2%} ({beyond.cagr:+.2%})",
        f"{line.sharpe.value:.3f} ({beyond.sharpe:+.3f})",
        f"{line.sharpe.standard_error:.3f}",
        f"{line.max_drawdown:.2%} ({beyond.max_drawdown:+.2%})",
        f"{line.timing_gain.value:+.2%} ({beyond.timing_gain:+.2%})",
        line.what,
    )
