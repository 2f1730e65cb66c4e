"""What was typed or pasted, as the lines that are taken one after the other.

Owns where a line end separates two of them and where it is only a break inside a question, and how long one may be. Refuses
to know what a line does.
"""

from __future__ import annotations

import re

from qa.screen import tidy

LONGEST_QUESTION = 4_096  # characters; more is an article, pasted by mistake
LONGEST_PASTE = 4 * LONGEST_QUESTION  # characters: some two hundred questions

_ENDS = re.compile(r"\r\n|\r|\n")
_COMMAND = re.compile(r"/[^\W\d]+(?![\w/.]).*")  # and no path
_NUMBER = re.compile(r"\[?[0-9]{1,9}\]?")
_ASKED = ("?", "？", "؟")
_CLOSING = "\"'”’»)] "
_ASKING = re.compile(
    r"\s*(?:and |but )?(?:what|who|whom|whose|which|when|where|why|how|did|does|do|is|are|was|were|has|have|can|could|will"
    r"|would|should)\b",
    re.IGNORECASE,
)


def lines_of(text: str) -> list[str]:
    """The questions and commands in ``text``, each on one line, clean, none empty.

    A line end separates two where the one before is whole (it is a command or ends with a question mark), where the next is a
    command, and where both begin as questions do, the next with a capital. Any other is a space: a sentence that was wrapped.

    >>> lines_of("What did Lavrov say\\nabout Iran?\\nand about Syria?\\n/status\\n")
    ['What did Lavrov say about Iran?', 'and about Syria?', '/status']
    """
    lines: list[str] = []
    for line in map(tidy, _ENDS.split(text)):
        if not line.strip():
            continue
        if lines and not _apart(lines[-1].strip(), line.strip()):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line)
    return lines


def _apart(before: str, line: str) -> bool:
    """Whether ``line`` is no continuation of what stands before it."""
    if before.rstrip(_CLOSING).endswith(_ASKED) or _COMMAND.fullmatch(before) or _NUMBER.fullmatch(before):
        return True
    return bool(_COMMAND.fullmatch(line) or (line[0].isupper() and _ASKING.match(line) and _ASKING.match(before)))
