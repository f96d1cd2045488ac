"""Which values a survivor has after a merge."""

from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts import rules

GROUPS = {"name": ("given", "family"), "note": ("note",)}
TEXTS = st.fixed_dictionaries(
    {"given": st.text(max_size=3), "family": st.text(max_size=3), "note": st.text(max_size=3)}
)
CHOICES = st.dictionaries(st.sampled_from(["name", "note"]), st.sampled_from(["survivor", "merged", "both"]))


@given(TEXTS, TEXTS, CHOICES)
def test_no_word_is_invented_and_empty_values_give_way(
    ours: dict[str, str], theirs: dict[str, str], choices: dict[str, str]
) -> None:
    values = rules.chosen_values(ours, theirs, GROUPS, choices)
    for name, value in values.items():
        both = "\n\n".join(dict.fromkeys(text for text in (ours[name], theirs[name]) if text))
        assert value in (ours[name], theirs[name], both)
    if "note" not in choices:
        assert bool(values["note"]) == bool(ours["note"] or theirs["note"])


@given(TEXTS, TEXTS)
def test_a_group_is_taken_as_a_whole(ours: dict[str, str], theirs: dict[str, str]) -> None:
    values = rules.chosen_values(ours, theirs, GROUPS, {"name": "merged"})
    assert (values["given"], values["family"]) == (theirs["given"], theirs["family"])


def test_legal_forms_make_no_difference() -> None:
    names = ("nordelbe maschinenbau gmbh & co. kg", "nordelbe maschinenbau", "nordelbe maschinenbau ag")
    assert len({rules.folded_company(name) for name in names}) == 1
    assert rules.folded_company("gmbh") == "gmbh"
    assert rules.folded_company("sportverein elbe e.v.") == "sportverein elbe"
