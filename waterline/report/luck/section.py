"""What the section on luck shows."""

from __future__ import annotations

from typing import Any

from waterline.appraisal import Evidence
from waterline.report.luck.figures import drawn_caption, drawn_numbers, sharpe_refusals, sharpe_table
from waterline.report.luck.tests import TEST_HEADS, registered_groups, test_groups
from waterline.report.luck.variants import (
    ablation_table,
    absent_rivals,
    cost_table,
    ladder_words,
    lag_table,
    left_out_table,
    spell_table,
)
from waterline.report.luck.words import luck_answer, remarks


def luck_section(evidence: Evidence) -> dict[str, Any]:
    """Its parts by the names that its template uses."""
    return {
        "answer": luck_answer(evidence),
        "heads": TEST_HEADS,
        "tests": test_groups(evidence),
        "registered": registered_groups(evidence),
        "kill_rule": evidence.kill_rule,
        "departures": evidence.registered.departures,
        "drawn": drawn_numbers(evidence),
        "drawn_caption": drawn_caption(evidence),
        "sharpe": sharpe_table(evidence),
        "refusals": sharpe_refusals(evidence),
        "ladder_words": ladder_words(evidence),
        "lag": lag_table(evidence),
        "cost": cost_table(evidence),
        "ablations": ablation_table(evidence),
        "absent": absent_rivals(evidence),
        "left_out": left_out_table(evidence),
        "spells": spell_table(evidence),
        "remarks": remarks(evidence),
    }
