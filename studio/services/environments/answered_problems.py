"""What an index has said before of an environment that is being written."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.errors import StudioError
from studio.domain.text_problem import TextProblem
from studio.environments.index_answers import answered_problems
from studio.services.environments.drafts import Draft
from studio.services.environments.service import EnvironmentService
from studio.services.environments.solver import USUAL_PYTHON


def answered_problems_of(
    environments: EnvironmentService, draft: Draft
) -> Sequence[TextProblem]:
    """Withdrawn versions and packages that aren't there; no index is asked for it."""
    if draft.kind != "pip":
        return ()
    try:
        indexes = environments.indexes
    except StudioError:  # settings that can't be read are told where they are used
        return ()
    return answered_problems(draft.text, indexes, draft.python or USUAL_PYTHON)
