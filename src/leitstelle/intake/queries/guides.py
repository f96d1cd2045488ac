"""The guide that a report was made with."""

from leitstelle.accounts.models import Team
from leitstelle.intake.queries.level0 import Asked
from leitstelle.intake.rules.carried import read_carried
from leitstelle.knowledge.models import GuideVersion
from leitstelle.knowledge.queries import Offered, offered_of
from leitstelle.knowledge.rules.guides import Question
from leitstelle.knowledge.rules.walking import Walk, walk


def brought_guide(carried: str) -> tuple[Offered, Walk] | None:
    """Return the guide that a form carried and where it stands; nothing where it never was published."""
    found = read_carried(carried)
    version = GuideVersion.objects.filter(pk=found.version_id).first() if found else None
    if found is None or version is None:
        return None
    offered = offered_of(version)
    return offered, walk(offered.guide, found.answers, desk=False)


def asked_of(question: Question, language: str) -> Asked:
    """A question as those who are no agents are asked it."""
    return Asked(
        key=question.key,
        kind=question.kind,
        ask=question.ask.of(language),
        note=question.note.of(language),
        required=question.required,
        answers=tuple((one.key, one.words.of(language)) for one in question.answers),
    )


def team_named(name: str) -> int | None:
    """Return the team that a guide names, where the house has it."""
    team = Team.objects.filter(name=name, is_active=True).first() if name else None
    return team.pk if team else None
