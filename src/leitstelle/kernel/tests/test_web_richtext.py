"""Text of strangers on a page: what a mail quotes is folded once, and nothing of it is lost."""

from markupsafe import Markup

from leitstelle.kernel.web.richtext import clean_html, fold_quotes


def test_the_outermost_quotation_is_folded_and_kept_whole() -> None:
    html = clean_html(
        "<p>Neu</p><blockquote><p>Alt</p><blockquote>Älter</blockquote></blockquote><p>Ende</p>"
    )
    assert fold_quotes(html, "Zitat") == Markup(
        '<p>Neu</p><details class="quoted"><summary>Zitat</summary><blockquote><p>Alt</p>'
        "<blockquote>Älter</blockquote></blockquote></details><p>Ende</p>"
    )


def test_each_quotation_between_answers_is_folded_by_itself() -> None:
    folded = fold_quotes(clean_html("<blockquote>1</blockquote>a<blockquote>2</blockquote>b"), "Q")
    assert folded.count("<details") == folded.count("</details>") == 2
    assert folded.endswith("</details>b")


def test_the_label_is_text() -> None:
    assert "<b>" not in fold_quotes(clean_html("<blockquote>x</blockquote>"), "<b>")
