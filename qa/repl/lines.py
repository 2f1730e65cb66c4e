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
_KEY = re.compile(r"\[?[0-9]{1,3}\]?|m|more|help|quit|exit")  # four digits alone on a line are rather a year
_ASKED = ("?", "？", "؟")
_CLOSING = "\"'”’»)] "
_ASKING = re.compile(
    r"(?:and |but )?(?:about|what|who|whom|whose|which|when|where|why|how|did|does|do|is|are|was|were|has|have|can|could"
    r"|will|would|should)\b",
    re.IGNORECASE,
)


def lines_of(text: str) -> list[str]:
    """The questions and commands in ``text``, each on one line, clean, none empty.

    A line end separates two where either is a command, where the one before ends with a question mark, and where both begin as
    questions do, the next with a capital unless the one before has none either. Any other is a space: a wrapped sentence.

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
    if before.rstrip(_CLOSING).endswith(_ASKED) or any(_command(each) for each in (before, line)):
        return True
    return bool(_ASKING.match(before) and _ASKING.match(line)) and (line[0].isupper() or before[0].islower())


def _command(line: str) -> bool:
    return bool(_COMMAND.fullmatch(line) or _KEY.fullmatch(line))
