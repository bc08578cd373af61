"""Is it luck? The evidence of a run and of a study, put together and put into words."""

from waterline.appraisal.appraise import Evidence, appraise
from waterline.appraisal.statements import IncompleteSharpeError, Refused, SharpeStatement
from waterline.appraisal.studies import StudyEvidence, appraise_study
from waterline.appraisal.tries import Tries, tries_of
from waterline.appraisal.verdict import Verdict

__all__ = [
    "Evidence",
    "IncompleteSharpeError",
    "Refused",
    "SharpeStatement",
    "StudyEvidence",
    "Tries",
    "Verdict",
    "appraise",
    "appraise_study",
    "tries_of",
]
