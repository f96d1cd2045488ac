"""Demo content: the data files say what their README promises, and nothing the loader does not know."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

PACKAGE = resources.files("leitstelle")
CONTENT = PACKAGE / "config" / "demo" / "content"

KINDS = {"incident", "request", "advice", "complaint", "problem"}
IMPACTS = {"person", "group", "business"}
URGENCIES = {"stopped", "hindered", "can_wait"}
CHANNELS = {"mail", "portal", "phone", "walk_in"}
WAITS = {"requester", "vendor", "third", "scheduled"}
CODES = {"solved", "workaround", "by_itself", "not_reproducible", "no_fault", "duplicate", "refused"}
REQUIRED = {"key", "subject", "first", "kind", "category", "impact", "urgency", "channel", "from", "steps"}
OPTIONAL = {"lang", "device", "team", "start", "breach", "slots", "variants", "once", "site"}
VARIANT = {"subject", "first", "channel", "from", "device", "start", "say"}
COMMON = {"do", "after", "at", "by"}
STEPS: dict[str, tuple[set[str], set[str]]] = {  # verb: required fields, optional fields
    "auto": ({"template"}, set()),
    "message": ({"text"}, {"channel"}),
    "reply": ({"text"}, {"wait", "reason"}),
    "call": ({"text"}, {"wait", "reason"}),
    "note": ({"text"}, set()),
    "vendor": ({"text", "direction"}, set()),
    "wait": ({"for", "reason"}, set()),
    "resume": (set(), {"reason"}),
    "handover": ({"to", "reason", "tried", "findings"}, set()),
    "return": ({"text"}, set()),
    "reclassify": ({"text"}, {"kind", "category", "impact", "urgency"}),
    "escalate": ({"text"}, set()),
    "resolve": ({"code", "text"}, set()),
    "confirm": (set(), {"text"}),
    "reopen": ({"text"}, set()),
    "close": (set(), set()),
    "reject": ({"text"}, set()),
}
ENDINGS = {"resolve", "reject", "confirm", "close"}
PERSON_WORDS = {
    "vorname",
    "nachname",
    "name",
    "anrede",
    "kollege",
    "kollege_vorname",
    "kollege_anrede",
    "sig",
}
DEVICE_WORDS = {"device", "device2", "modell"}
PLACE_WORDS = {"room", "standort", "abteilung", "durchwahl", "ticket"}
AGENT_WORDS = {"agent", "agent_vorname"}
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
DATED = re.compile(r"(datum|tag):\+\d{1,2}")


def _company() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CONTENT / "company.json").read_text("utf-8"))
    return loaded


def _texts() -> dict[str, Any]:
    return tomllib.loads((CONTENT / "texts.toml").read_text("utf-8"))


def _category_keys() -> set[str]:
    tree = json.loads((PACKAGE / "catalog" / "shipped" / "categories.json").read_text("utf-8"))
    return {node["key"] for top in tree for node in (top, *top["children"])}


def _conversations() -> list[dict[str, Any]]:
    folder = CONTENT / "conversations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return [story for file in files for story in tomllib.loads(file.read_text("utf-8"))["conversation"]]


COMPANY = _company()
TEXTS = _texts()
STORIES = _conversations()
CATEGORIES = _category_keys()
PEOPLE = {person["key"]: person for person in COMPANY["people"]}
TEAMS = {team["key"] for team in COMPANY["teams"]}
each_story = pytest.mark.parametrize("story", STORIES, ids=[story["key"] for story in STORIES])


def _forms(story: dict[str, Any]) -> list[dict[str, Any]]:
    """The base and every variant, each as a whole story."""
    return [story, *({**story, **variant} for variant in story.get("variants", []))]


def _texts_of(story: dict[str, Any]) -> Iterator[str]:
    for form in _forms(story):
        yield form["subject"]
        yield form["first"]
        yield from form.get("say", {}).values()
    for step in story["steps"]:
        yield from (step[field] for field in ("text", "reason", "tried", "findings") if field in step)


def _requesters(form: dict[str, Any]) -> list[dict[str, Any]]:
    """People who can have brought this form of a story: right place, right language."""
    wanted = form["from"] if isinstance(form["from"], list) else [form["from"]]
    found = []
    for person in PEOPLE.values():
        named = f"person:{person['key']}" in wanted
        placed = person["site"] == form.get("site", person["site"])
        speaks = person["language"] == form.get("lang", "de")
        if speaks and (named or (person["organisation"] in wanted and placed)):
            found.append(person)
    return found


def _has_device(person: dict[str, Any], kind: str) -> bool:
    if kind.startswith("name:"):
        return any(f"name:{device['name']}" == kind for device in COMPANY["devices"])
    own = {device["kind"] for device in COMPANY["devices"] if device["user"] == person["key"]}
    shared = {
        device["kind"]
        for device in COMPANY["devices"]
        if device["user"] is None and device["site"] == person["site"]
    }
    return kind in own | shared


def test_company_is_the_size_the_demo_needs() -> None:
    agents = [person for person in PEOPLE.values() if "agent" in person]
    assert len(PEOPLE) == len(COMPANY["people"]) >= 60
    assert len(agents) == 12
    assert {agent["agent"]["level"] for agent in agents} == {1, 2, 3}
    assert [p["key"] for p in PEOPLE.values() if p["administrator"]] == ["falk"]
    assert {sign_in["role"] for sign_in in COMPANY["sign_ins"]} == {
        "requester",
        "customer_contact",
        "agent_first",
        "agent_second",
        "lead",
        "admin",
    }


def test_company_refers_only_to_what_it_holds() -> None:
    sites = {site["key"] for site in COMPANY["sites"]}
    organisations = {organisation["key"] for organisation in COMPANY["organisations"]}
    for organisation in COMPANY["organisations"]:
        assert organisation["parent"] in organisations | {None}
        assert set(organisation["sites"]) <= sites
    for person in PEOPLE.values():
        assert person["organisation"] in organisations
        assert person["site"] in sites
        assert person.get("agent", {}).get("team", "desk") in TEAMS
    for device in COMPANY["devices"]:
        assert device["site"] in sites
        assert device["user"] is None or device["user"] in PEOPLE
    for team in COMPANY["teams"]:
        assert PEOPLE[team["lead"]]["agent"] == PEOPLE[team["lead"]]["agent"] | {
            "team": team["key"],
            "lead": True,
        }
    assert all(sign_in["mail"] in PEOPLE[sign_in["person"]]["mails"] for sign_in in COMPANY["sign_ins"])


def test_contact_points_are_fictional_and_belong_to_one_person() -> None:
    mails = [mail for person in PEOPLE.values() for mail in person["mails"]]
    phones = [phone for person in PEOPLE.values() for phone in person["phones"]]
    assert max(Counter(mails).values()) == max(Counter(phones).values()) == 1
    assert all(re.fullmatch(r"[a-z0-9.-]+@[a-z.-]+\.example", mail) for mail in mails)
    assert all(re.fullmatch(r"\+49(4066969|8999998|2214710|6990009|17139200)\d{2,3}", p) for p in phones)
    names = [device["name"] for device in COMPANY["devices"]]
    assert len(names) == len(set(names))


def test_there_are_enough_stories_over_the_whole_tree() -> None:
    forms = sum(len(_forms(story)) for story in STORIES)
    tickets = sum(1 if story.get("once") else len(_forms(story)) for story in STORIES)
    english = sum(story.get("lang") == "en" for story in STORIES)
    assert len(STORIES) >= 130
    assert tickets >= 400
    assert 0.08 <= english / len(STORIES) <= 0.2
    assert {s["category"].split(".")[0] for s in STORIES} == {key.split(".")[0] for key in CATEGORIES}
    assert len({story["key"] for story in STORIES}) == len(STORIES)
    openings = [form["first"] for story in STORIES for form in _forms(story)]
    assert len(openings) - len(set(openings)) <= forms // 10


@each_story
def test_story_keeps_the_schema(story: dict[str, Any]) -> None:
    assert set(story) >= REQUIRED
    assert set(story) <= REQUIRED | OPTIONAL
    assert story["kind"] in KINDS
    assert story["category"] in CATEGORIES
    assert story["impact"] in IMPACTS
    assert story["urgency"] in URGENCIES
    assert story.get("lang", "de") in {"de", "en"}
    assert story.get("team", "desk") in TEAMS
    assert story.get("once", True) is True
    assert story.get("site", "hh") in {site["key"] for site in COMPANY["sites"]}
    assert set(story.get("breach", [])) <= {"response", "resolution"}
    assert 2 <= len(story.get("variants", [])) <= 4
    for form in _forms(story):
        assert form["channel"] in CHANNELS
        assert len(form["subject"]) <= 120
        assert re.fullmatch(r"[0-2]\d:[0-5]\d", form.get("start", "09:00"))
        people = _requesters(form)
        assert people, "nobody can have written this"
        if "device" in form:
            assert any(_has_device(person, form["device"]) for person in people)
    for variant in story["variants"]:
        assert variant
        assert set(variant) <= VARIANT
        for number in variant.get("say", {}):
            assert "text" in story["steps"][int(number) - 1]


@each_story
def test_steps_are_known_and_end_somewhere(story: dict[str, Any]) -> None:
    for step in story["steps"]:
        required, optional = STEPS[step["do"]]
        assert required <= set(step), step
        assert set(step) <= required | optional | COMMON, step
        assert isinstance(step.get("after", 0), int)
        assert step.get("after", 0) >= 0
        assert step.get("by", "other") in {"other", "lead"}
        assert step.get("wait", step.get("for", "requester")) in WAITS
        assert step.get("to", "desk") in TEAMS
        assert step.get("code", "solved") in CODES
        assert step.get("category", story["category"]) in CATEGORIES
        assert step.get("template", "receipt") in TEXTS["auto"]
        assert step.get("direction", "in") in {"in", "out"}
    assert any(step["do"] in ENDINGS for step in story["steps"])
    last = [step["do"] for step in story["steps"] if step["do"] in {*ENDINGS, "reopen"}]
    assert last[-1] != "reopen"


@each_story
def test_handovers_go_to_another_team_and_waits_end(story: dict[str, Any]) -> None:
    team = story.get("team", "desk")
    behind: list[str] = []
    for step in story["steps"]:
        if step["do"] == "handover":
            assert step["to"] != team
            behind.append(team)
            team = step["to"]
        if step["do"] == "return":
            team = behind.pop()
    verbs = [step["do"] for step in story["steps"]]
    for place, verb in enumerate(verbs):
        if verb == "reopen":
            assert verbs[place - 1] in {"resolve", "close", "confirm"}
        if verb == "confirm":
            assert "resolve" in verbs[:place]


@each_story
def test_placeholders_are_known(story: dict[str, Any]) -> None:
    slots = story.get("slots", {})
    known = PERSON_WORDS | PLACE_WORDS | AGENT_WORDS | set(slots) | set(TEXTS["phrases"])
    if all("device" in form for form in _forms(story)):
        known |= DEVICE_WORDS
    used = {word for text in _texts_of(story) for word in PLACEHOLDER.findall(text)}
    unknown = {word for word in used if word not in known and not DATED.fullmatch(word)}
    assert not unknown
    assert set(slots) <= used
    assert all("{" not in PLACEHOLDER.sub("", text) for text in _texts_of(story))
    assert all(len(values) in {1, len(_forms(story))} for values in slots.values())


@each_story
def test_requester_texts_name_no_agent(story: dict[str, Any]) -> None:
    if story["channel"] in {"mail", "portal"}:
        assert not set(PLACEHOLDER.findall(story["first"])) & AGENT_WORDS
    for step in story["steps"]:
        if step["do"] in {"message", "reopen", "confirm"}:
            assert not set(PLACEHOLDER.findall(step.get("text", ""))) & AGENT_WORDS


def test_automatic_texts_exist_in_both_languages_with_known_words() -> None:
    known = PERSON_WORDS | PLACE_WORDS
    for template in TEXTS["auto"].values():
        assert set(template) == {"de", "en"}
        for language in template.values():
            assert set(PLACEHOLDER.findall(language["subject"] + language["text"])) <= known
    assert all(phrase["de"] and phrase["en"] for phrase in TEXTS["phrases"].values())


@each_story
def test_salutations_stand_where_they_need_no_inflection(story: dict[str, Any]) -> None:
    """A "Herr Brandt" after a preposition would have to be "Herrn Brandt"."""
    inflected = re.compile(r"\b(mit|bei|von|an|für|zu|durch|ohne|gegen) \{(kollege_)?anrede\}", re.IGNORECASE)
    if story.get("lang", "de") == "de":
        assert not [text for text in _texts_of(story) if inflected.search(text)]
