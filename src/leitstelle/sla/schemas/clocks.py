"""Shapes of clocks in the API."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from leitstelle.sla.choices import ClockState, Metric, Verdict
from leitstelle.sla.queries import ClockKey, Reading
from leitstelle.sla.queries.words import why_words
from leitstelle.sla.rules.clocks import Clock


class StretchOut(Schema):
    """A time during which the clock ran or was paused; `end` is null for the one under way."""

    begin: datetime
    end: datetime | None
    runs: bool
    service_seconds: int
    since: str = Field(
        description="What began it: a status, `opened`, `answered`, `priority`, `agreement`, `became_kind` (an "
        "incident), `arrived` (at the level), `pause_over` (it lasted as long as agreed)",
        examples=["opened"],
    )


class TargetChangeOut(Schema):
    """Another target counts from `at` on; consumed time stays. Null: nothing was promised."""

    at: datetime
    before_seconds: int | None
    after_seconds: int | None
    because: str = Field(description="`priority` or `agreement`")


class ClockOut(Schema):
    """One clock of a ticket as it stands now, with the stretches its deadline is made of."""

    metric: Metric
    level_id: int | None = Field(description="The support level of an internal clock")
    state: ClockState
    target_seconds: int
    consumed_seconds: int = Field(
        description="Service time used up in finished stretches of the present round"
    )
    started_at: datetime
    running_since: datetime | None
    paused_at: datetime | None
    resumes_at: datetime | None = Field(
        description="When a pause ends by itself, having lasted as long as agreed"
    )
    stopped_at: datetime | None
    warn_at: datetime | None
    critical_at: datetime | None
    due_at: datetime | None = Field(description="The deadline; null while the clock does not run")
    breached_at: datetime | None
    missed_rounds: int = Field(
        description="Earlier rounds that were broken: of updates, or before a reopening"
    )
    stretches: list[StretchOut]
    target_changes: list[TargetChangeOut]

    @classmethod
    def of(cls, key: ClockKey, clock: Clock) -> "ClockOut":
        return cls(
            metric=key.metric,
            level_id=key.level,
            state=clock.state,
            target_seconds=clock.target_seconds,
            consumed_seconds=round(clock.consumed_seconds),
            started_at=clock.started_at,
            running_since=clock.running_since,
            paused_at=clock.paused_at,
            resumes_at=clock.resumes_at,
            stopped_at=clock.stopped_at,
            warn_at=clock.warn_at,
            critical_at=clock.crit_at,
            due_at=clock.due_at,
            breached_at=clock.breached_at,
            missed_rounds=clock.missed,
            stretches=[
                StretchOut(
                    begin=one.begin,
                    end=one.end,
                    runs=one.runs,
                    service_seconds=round(one.worked),
                    since=one.what,
                )
                for one in clock.stretches
            ],
            target_changes=[
                TargetChangeOut(
                    at=one.at, before_seconds=one.before, after_seconds=one.after, because=one.what
                )
                for one in clock.changes
            ],
        )


class ConsideredOut(Schema):
    """An agreement, and why it applies or does not."""

    agreement: str
    verdict: Verdict
    why: str = Field(description="The same in words; names the contract of an agreement that is for one")


class ClocksOut(Schema):
    """The clocks of a ticket under the agreement that counts for it; empty where nothing is promised."""

    agreement: str | None = Field(examples=["Standard"])
    agreement_version: int | None
    considered: list[ConsideredOut] = Field(description="Every agreement of the house and the customer")
    clocks: list[ClockOut]

    @classmethod
    def of(cls, reading: Reading) -> "ClocksOut":
        version = reading.promise.version if reading.promise else None
        return cls(
            agreement=version.agreement.name if version else None,
            agreement_version=version.number if version else None,
            considered=[
                ConsideredOut(agreement=one.candidate.name, verdict=one.verdict, why=why_words(one))
                for one in reading.judgements
            ],
            clocks=[ClockOut.of(key, clock) for key, clock in reading.clocks.items()],
        )
