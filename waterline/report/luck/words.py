"""The sentences on luck, as the verdict has them; ``**`` marks what is set bold."""

from __future__ import annotations

import math

from waterline.appraisal import Evidence
from waterline.appraisal.verdict import CONCLUSIONS
from waterline.appraisal.windows import WindowEvidence
from waterline.appraisal.wording import chance, counted, figure, share
from waterline.report.numerals import MISSING, number

WINDOWS = ("pre_idea", "post_idea", "all")


def verdict_text(evidence: Evidence) -> str:
    """The paragraph of the verdict, its conclusion set bold."""
    conclusion = CONCLUSIONS.get(evidence.verdict.kind)
    text = evidence.verdict.text.replace("**", "")
    return text.replace(conclusion, f"**{conclusion}**", 1) if conclusion else text


def is_judged(evidence: Evidence) -> bool:
    """Whether there was timing to judge."""
    return evidence.verdict.kind in CONCLUSIONS


def luck_answer(evidence: Evidence) -> str:
    """The conclusion, with what the sample could have found."""
    conclusion = CONCLUSIONS.get(evidence.verdict.kind)
    if conclusion is None:
        return f"**{evidence.verdict.text}**"
    power = evidence.windows["all"].timing.test.power
    return (
        f"**{conclusion[:1].upper()}{conclusion[1:]}.** {_strength(evidence)} to find a true gain of "
        f"{share(power.true_gain)} a year; a gain of {share(power.minimum_detectable_gain)} would be found four times "
        "in five."
    )


def _strength(evidence: Evidence) -> str:
    timing = evidence.windows["all"].timing
    p_value = chance(timing.p_value)
    return f"The largest of the p-values is {p_value.removeprefix('p ')}, at power {figure(timing.test.power.power)}"


def numbers_sentence(evidence: Evidence) -> str:
    """The timing gain, and what is to be thought of it."""
    if not is_judged(evidence):
        return "There is no timing gain to judge."
    timing = evidence.windows["all"].timing
    return (
        f"The timing gain of {share(timing.test.estimate.value)} a year ({chance(timing.p_value)}, power "
        f"{figure(timing.test.power.power)}) is **{CONCLUSIONS[evidence.verdict.kind]}**."
    )


def shown_windows(evidence: Evidence) -> tuple[WindowEvidence, ...]:
    """The windows worth a figure; where one holds all sessions, "all" would repeat it."""
    found = [evidence.windows[name] for name in WINDOWS if name in evidence.windows]
    filled = [window for window in found if window.sessions]
    whole = evidence.windows["all"].sessions
    parted = [window for window in filled if window.name != "all" and window.sessions == whole]
    return tuple(parted or filled)


def empty_windows(evidence: Evidence) -> tuple[str, ...]:
    """A sentence for each window without a session."""
    found = [evidence.windows[name] for name in WINDOWS if name in evidence.windows]
    return tuple(f"{capital(window.label)}: no session of this run." for window in found if not window.sessions)


def remarks(evidence: Evidence) -> tuple[str, ...]:
    """What limits the windows shown, and how the trials were counted."""
    told = [f"{capital(window.label)}: {note}" for window in shown_windows(evidence) for note in window.notes]
    tries = evidence.tries
    known = f"{counted(tries.number, 'trial')} of this family in the ledger. " if math.isfinite(tries.number) else ""
    return (*told, *empty_windows(evidence), f"{known}{tries.note}")


def capital(text: str) -> str:
    """With its first letter in capitals."""
    return text[:1].upper() + text[1:]


def p_text(p_value: float) -> str:
    """A p-value as a table has it: three decimals, a bound below them."""
    if math.isfinite(p_value) and p_value < 0.0005:
        return "<0.001"
    return number(p_value, 3) if math.isfinite(p_value) else MISSING
