"""`format=flowed` (RFC 3676): lines that end in a blank go on in the next one of the same quote depth."""

import re

_DEPTH = re.compile(r"^>*")


def unflow(text: str, delsp: bool) -> str:
    """The text with soft line breaks joined. `delsp`: the blank before a soft break is not part of the text."""
    result: list[list[str]] = []
    depth_before = -1
    open_line = False
    for line in text.split("\n"):
        match = _DEPTH.match(line)
        depth = match.end() if match else 0
        content = line[depth:]
        content = content[1:] if content.startswith(" ") else content
        soft = content.endswith(" ") and content != "-- "
        shown = content[:-1] if soft and delsp else content
        if open_line and depth == depth_before and content != "-- ":
            result[-1].append(shown)
        else:
            result.append([">" * depth + " " if depth else "", shown])
        open_line, depth_before = soft, depth
    lines = ("".join(pieces) for pieces in result)
    return "\n".join(line.rstrip() if line != "-- " else line for line in lines)
