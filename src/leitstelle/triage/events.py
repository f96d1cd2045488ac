"""Past-tense facts of triage. Subjects: the ticket, the model (kind `triage_model`), or the house's setting."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class ModelTrained(EventData):
    """A training ended; `problem` where it came to nothing."""

    code: ClassVar[str] = "triage.model_trained"

    number: int
    examples: int
    fields: tuple[str, ...]
    problem: str


@dataclass(frozen=True)
class TrainingAsked(EventData):
    code: ClassVar[str] = "triage.training_asked"


@dataclass(frozen=True)
class FieldSettingChanged(EventData):
    code: ClassVar[str] = "triage.field_setting_changed"

    field: str
    is_on: bool
    decides: bool
    precision: int
    suggest_from: int


@dataclass(frozen=True)
class ProposalsMade(EventData):
    """The statistics looked at a new ticket; which fields they decided and which they only suggest."""

    code: ClassVar[str] = "triage.proposals_made"

    model_id: int
    decided: tuple[str, ...]
    suggested: tuple[str, ...]


@dataclass(frozen=True)
class ProposalSettled(EventData):
    """A person answered a proposal, or chose otherwise."""

    code: ClassVar[str] = "triage.proposal_settled"

    proposal_id: int
    matter: str
    state: str


# field, code before, code after
RuleChange = tuple[str, str, str]


@dataclass(frozen=True)
class RuleSaved(EventData):
    """Subject: rule. `fields` are what changed; what it was is in its versions. `verb`: made, changed, on, off."""

    code: ClassVar[str] = "triage.rule_saved"

    verb: str
    number: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class RuleDeleted(EventData):
    code: ClassVar[str] = "triage.rule_deleted"


@dataclass(frozen=True)
class RulesArranged(EventData):
    """Subject: the moved rule. Its place before and after, from 1."""

    code: ClassVar[str] = "triage.rules_arranged"

    before: int
    after: int


@dataclass(frozen=True)
class RuleApplied(EventData):
    """Subject: ticket. What a rule set; `kept` are fields people had chosen, `taken` those an earlier rule had set,
    `missed` those that could not be set any more."""

    code: ClassVar[str] = "triage.rule_applied"

    rule_id: int
    number: int
    trigger: str
    changes: tuple[RuleChange, ...]
    kept: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class RulesCut(EventData):
    """Subject: ticket. Rules would have gone on changing it after the last round; they did not."""

    code: ClassVar[str] = "triage.rules_cut"

    trigger: str
    rules: tuple[int, ...]


@dataclass(frozen=True)
class DryRunStarted(EventData):
    """Subject: dry run."""

    code: ClassVar[str] = "triage.dry_run_started"

    rule_id: int | None
    total: int


@dataclass(frozen=True)
class ReplyUnderstood(EventData):
    """A reply only thanked (`thanks`) or asked to close (`close`); `confidence` in percent; whether it was followed."""

    code: ClassVar[str] = "triage.reply_understood"

    message_id: int
    matter: str
    confidence: int
    followed: bool


@dataclass(frozen=True)
class TicketGiven(EventData):
    """Subject: ticket. Why a person has it: distributed, pulled or taken over; `load`: open tickets they had."""

    code: ClassVar[str] = "triage.ticket_given"

    way: str
    person_id: int
    reasons: tuple[str, ...]
    load: int


@dataclass(frozen=True)
class TeamModeChanged(EventData):
    """Subject: team mode (id of the team)."""

    code: ClassVar[str] = "triage.team_mode_changed"

    mode: str
    limit: int
    away: str
    watch_minutes: int


@dataclass(frozen=True)
class SkillSaved(EventData):
    """Subject: skill."""

    code: ClassVar[str] = "triage.skill_saved"

    categories: tuple[int, ...]


@dataclass(frozen=True)
class AgentProfileChanged(EventData):
    """Subject: person. `fields` are what changed."""

    code: ClassVar[str] = "triage.agent_profile_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class OutageSuspected(EventData):
    """This ticket is one of too many like it; subject: the ticket that made it too many."""

    code: ClassVar[str] = "triage.outage_suspected"

    burst_id: int
    count: int


@dataclass(frozen=True)
class BurstSettled(EventData):
    """Somebody said whether it is an outage. Subject: the burst (kind `triage_burst`)."""

    code: ClassVar[str] = "triage.burst_settled"

    state: str
    main_id: int | None
    linked: int


@dataclass(frozen=True)
class AbsenceSaved(EventData):
    """Subject: absence. Days as ISO dates, both included."""

    code: ClassVar[str] = "triage.absence_saved"

    person_id: int
    deputy_id: int | None
    first_day: str
    last_day: str


@dataclass(frozen=True)
class AbsenceRemoved(EventData):
    code: ClassVar[str] = "triage.absence_removed"

    person_id: int


@dataclass(frozen=True)
class AbsenceBegan(EventData):
    """Subject: absence. The person has so many ongoing `tickets`."""

    code: ClassVar[str] = "triage.absence_began"

    person_id: int
    deputy_id: int | None
    tickets: int


@dataclass(frozen=True)
class NobodyHasIt(EventData):
    """Subject: ticket. It has waited for a person for so many minutes of service time."""

    code: ClassVar[str] = "triage.nobody_has_it"

    minutes: int


@dataclass(frozen=True)
class AssigneeAway(EventData):
    """Subject: ticket. Whoever has it is away from now on."""

    code: ClassVar[str] = "triage.assignee_away"

    person_id: int
    deputy_id: int | None


@dataclass(frozen=True)
class Escalated(EventData):
    """Subject: ticket. A step of an escalation chain was carried out; `cause` is the event of the threshold."""

    code: ClassVar[str] = "triage.escalated"

    step_id: int
    action: str
    metric: str
    percent: int
    cause: int
