"""Text templates: which fields they may name, and filling them in. Nothing but fields and conditions is allowed.

People write these templates, so they run in Jinja2's sandbox, and only what is listed here may stand in them: no
loops, calls, arithmetic or attributes of Python could ever be reached.
"""

from collections.abc import Iterator, Mapping

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FIELDS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("number", "subject"),
    "requester": ("name", "first_name", "last_name"),
    "customer": ("name", "site"),
    "agent": ("name", "team"),
    "desk": ("name", "portal"),
    "today": (),
}
FILTERS = frozenset({"upper", "lower", "title", "trim", "default"})
LONGEST = 8_000
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)

Values = Mapping[str, str | Mapping[str, str]]


class NotATemplate(ValueError):
    """The text cannot be used as a template; `what` is the piece that is not allowed, `line` where it stands."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def check(text: str) -> None:
    """Raise `NotATemplate` for anything but known fields, conditions and a few filters."""
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise NotATemplate(str(error.message), error.lineno) from error
    except RecursionError as error:
        raise NotATemplate("…", 1) from error
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            raise NotATemplate(type(node).__name__.lower(), node.lineno)
        if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.node is None):
            raise NotATemplate(node.name, node.lineno)
        if isinstance(node, nodes.Name) and node.name not in FIELDS:
            raise NotATemplate(node.name, node.lineno)
        if isinstance(node, nodes.Getattr) and not _is_field(node):
            raise NotATemplate(node.attr, node.lineno)


def _is_field(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.attr in FIELDS.get(node.node.name, ())


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def fill(text: str, values: Values) -> str:
    """Return the text with its fields filled in. Raises `NotATemplate`."""
    check(text)
    return _environment().from_string(text).render(values)
