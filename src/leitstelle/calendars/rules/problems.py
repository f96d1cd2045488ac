"""What can be wrong with service hours: an exception with a code that pages translate and commands print."""


class CalendarProblem(ValueError):
    """Service hours, a moment or a case that cannot be used; `code` names the reason, `params` its values.

    `str(problem)` is the English sentence that the command line prints; pages translate by `code`
    (`leitstelle.calendars.labels.PROBLEMS`).
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(MESSAGES[code] % params)


class NeverOpens(CalendarProblem):
    """No (or not enough) service time within the search horizon."""


MESSAGES = {
    "time_format": "%(text)r is not a time of day; write it as 08:00, at most 48:00",
    "frame_format": "%(text)r is not a frame; write it as 08:00-17:00",
    "frame_empty": "the frame %(text)s has no length; leave the day empty if it is closed",
    "frame_backwards": "the frame %(text)s ends before it begins; past midnight write it as 22:00-30:00",
    "frame_start": "the frame %(text)s has to begin before 24:00; put it on the next day",
    "frame_long": "the frame %(text)s is longer than 24 hours",
    "frames_overlap": "the frames %(first)s and %(second)s overlap",
    "zone_unknown": "%(zone)r is not a time zone of the IANA database, such as Europe/Berlin",
    "weekday_unknown": "%(text)r is not a weekday",
    "given_twice": "%(text)s is given twice",
    "hours_format": "%(text)r are not service hours; write them as Mo-Fr 08:00-17:00; Sa 09:00-12:00",
    "date_format": "%(text)r is not a date; write it as 2026-12-24",
    "yearly_format": "%(text)r is not a month and day; write it as 12-24",
    "moment_format": "%(text)r is not a moment in ISO 8601, such as 2026-03-27T16:30:00Z",
    "moment_zone": "%(text)r has no zone; write it in UTC, such as 2026-03-27T16:30:00Z",
    "pause_backwards": "a pause ends before it begins (%(start)s, %(end)s)",
    "seconds_negative": "the service time to add must not be negative",
    "never_opens": "no opening within %(years)d years after %(start)s",
    "too_far": "less service time than asked for within %(years)d years after %(start)s",
    "country_unknown": "holidays are known for DE, AT and CH, not for %(country)r",
    "subdivision_unknown": "%(subdivision)r is not a part of %(country)s; known are %(known)s",
    "municipality_unknown": "%(municipality)r has no own holidays in %(subdivision)s; known are %(known)s",
    "category_unknown": "%(category)r is not a kind of holiday in %(country)s; known are %(known)s",
    "missing": "%(name)r is missing",
    "wrong_type": "%(name)r has to be %(expected)s",
    "key_unknown": "%(name)r is not known in a calendar",
    "not_object": "a case has to be one JSON object",
    "not_json": "not JSON: %(reason)s",
    "op_unknown": "%(op)r is not an operation; known are deadline, worked, is_open, add_days",
}
