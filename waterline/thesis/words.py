"""How findings are put: plainly, with their power, and never as more than they are."""

from __future__ import annotations

import math

from waterline.thesis.finding import NOT_DECIDABLE, Finding, PartFinding, Scorecard

ENOUGH_POWER = 0.5
"""Power above which a sample can be said to have had a chance."""
HEADS = ("#", "claim", "estimate", "90% interval", "p", "p (Holm)", "episodes", "power", "verdict")
DASH = "–"


def unmeasurable(episodes: int, fewest_episodes: int, observations: int, fewest: int) -> str:
    """Why measures were not enough."""
    if episodes < fewest_episodes:
        return f"{_counted(episodes)}, and at least {fewest_episodes} are needed."
    if observations < fewest:
        return f"{observations} observations, and at least {fewest} are needed."
    return "The sample does not tell its numbers apart: something in it never varies."


def supported(found: Finding) -> str:
    """The least certain of the numbers, and how far they should be believed."""
    text = f"{_found(found, _weakest(found))}, power {figure(found.power)}, {_counted(found.episodes)}."
    if found.power < ENOUGH_POWER:
        text += " At so little power a significant estimate tends to overstate the effect."
    return text


def contradicted(found: Finding) -> str:
    """The part that stands against the claim."""
    worst = min(found.parts, key=lambda part: part.p_against)
    return (
        f"On the other side of zero is {_told(worst)}, p {figure(found.p_against_adjusted, 3)} for that side after "
        f"Holm over seven, power {figure(worst.power)}, {_counted(found.episodes)}."
    )


def open_question(found: Finding, blocked: bool) -> str:
    """What the sample could have told, and that it did not."""
    part = _weakest(found)
    text = f"{_found(found, part)}."
    if blocked:
        return f"{text} A weak part of the claim is on the other side of zero at 5 %."
    effect = f"An effect of {figure(part.part.effect)} would be found with probability {figure(part.power)}"
    if part.power < ENOUGH_POWER:
        return f"{text} {effect}: the sample is too short to tell."
    nearest = part.high if part.part.sign > 0 else -part.low
    return f"{text} {effect}, and was not{': the interval leaves it out' if nearest < part.part.effect else ''}."


def figure(value: float, digits: int = 2) -> str:
    """A number for people: true minus sign, a dash where there is none, small p-values as a bound."""
    if not math.isfinite(value):
        return DASH
    least = 10.0**-digits
    if 0.0 < abs(value) < least / 2.0:
        return f"<{least:.{digits}f}" if value > 0.0 else f">−{least:.{digits}f}"
    return f"{value:.{digits}f}".replace("-", "−")


def interval(part: PartFinding, digits: int = 3) -> str:
    """``−0.310 … −0.052``; a dash where there is none."""
    if not math.isfinite(part.low):
        return DASH
    return f"{figure(part.low, digits)} … {figure(part.high, digits)}"


def rows(findings: tuple[Finding, ...]) -> list[tuple[str, ...]]:
    """A row a claim with its verdict, and one a number below it."""
    table: list[tuple[str, ...]] = []
    for found in findings:
        holm = DASH if math.isnan(found.p_value) else figure(found.p_adjusted, 3)
        whole = ("", "", figure(found.p_value, 3), holm, str(found.episodes), figure(found.power), found.verdict)
        table.append((str(found.claim.number), found.claim.text, *whole))
        table += [_row(part) for part in found.parts]
    return table


def _row(part: PartFinding) -> tuple[str, ...]:
    weak = " (weak)" if part.part.weak else ""
    name = f"  {part.part.name} {'>' if part.part.sign > 0 else '<'} 0{weak}"
    numbers = (figure(part.estimate, 3), interval(part), figure(part.p_value, 3), "")
    return ("", name, *numbers, str(part.episodes), figure(part.power), "")


def reasons(findings: tuple[Finding, ...]) -> list[str]:
    """A sentence or two a claim."""
    return [
        f"{found.claim.number}. {found.verdict[:1].upper()}{found.verdict[1:]}. {_why(found)}" for found in findings
    ]


def told_windows(card: Scorecard) -> list[tuple[str, tuple[Finding, ...]]]:
    """The windows worth a table: heading and findings. Where one holds all sessions, "all" would repeat it."""
    filled = [window for window in card.windows if len(window)]
    shown = filled[:-1] if len(filled) == 2 else filled
    empty = [window.label for window in card.windows if len(window) == 0]
    told = []
    for window in shown:
        days = card.sessions[window.span]
        heading = f"{window.label}: {days[1]} to {days[-1]}, {len(window):,} sessions"
        told.append((heading, card.findings[window.name]))
    return [*told, *((f"{label}: no session of these data; {NOT_DECIDABLE}", ()) for label in empty)]


def _why(found: Finding) -> str:
    lacking = f" The data lack: {'; '.join(found.missing)}." if found.missing else ""
    flagged = f" Not point in time: {', '.join(found.not_point_in_time)}." if found.not_point_in_time else ""
    return f"{found.reason}{lacking}{flagged}".strip()


def _weakest(found: Finding) -> PartFinding:
    return max((part for part in found.parts if not part.part.weak), key=lambda part: part.p_value)


def _found(found: Finding, part: PartFinding) -> str:
    alone = sum(not other.part.weak for other in found.parts) == 1
    p_values = f"p {figure(found.p_value, 3)}, {figure(found.p_adjusted, 3)} after Holm over seven"
    return f"{'Found for' if alone else 'Least certain is'} {_told(part)}, {p_values}"


def _told(part: PartFinding) -> str:
    return f"{part.part.name}: {figure(part.estimate, 3)} ({part.part.unit}), 90 % interval {interval(part)}"


def _counted(episodes: int) -> str:
    return f"{episodes} independent {'episode' if episodes == 1 else 'episodes'}"
