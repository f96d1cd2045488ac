"""Rows of triage, by subject."""

from leitstelle.triage.models.bursts import Burst as Burst
from leitstelle.triage.models.bursts import BurstTicket as BurstTicket
from leitstelle.triage.models.distribution import Absence as Absence
from leitstelle.triage.models.distribution import AgentProfile as AgentProfile
from leitstelle.triage.models.distribution import AgentSkill as AgentSkill
from leitstelle.triage.models.distribution import Skill as Skill
from leitstelle.triage.models.distribution import TeamMode as TeamMode
from leitstelle.triage.models.distribution import Unassigned as Unassigned
from leitstelle.triage.models.learning import FieldResult as FieldResult
from leitstelle.triage.models.learning import FieldSetting as FieldSetting
from leitstelle.triage.models.learning import ModelVersion as ModelVersion
from leitstelle.triage.models.learning import Proposal as Proposal
from leitstelle.triage.models.rules import DryRun as DryRun
from leitstelle.triage.models.rules import Routing as Routing
from leitstelle.triage.models.rules import Rule as Rule
from leitstelle.triage.models.rules import RuleVersion as RuleVersion
