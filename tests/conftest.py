"""What several test files need: an empty index, and a folder for articles."""

from pathlib import Path

import pytest

from index.store import open_store


@pytest.fixture
def store(tmp_path: Path):
    with open_store(tmp_path / "index", create=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    return path
