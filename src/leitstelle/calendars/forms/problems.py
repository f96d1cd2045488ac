"""What is wrong with service hours, in a person's words."""

from leitstelle.calendars import labels
from leitstelle.calendars.rules import CalendarProblem


def problem_text(problem: CalendarProblem) -> str:
    """The sentence for a person, in the language active now; the English one of the rules where pages never meet it."""
    template = labels.PROBLEMS.get(problem.code)
    return str(problem) if template is None else str(template) % problem.params
