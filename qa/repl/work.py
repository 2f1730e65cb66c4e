"""One thread for everything that touches the index or the model, one job after the other.

Owns the queue, how a job is waited for or left, and what becomes of keys meanwhile. Refuses to know what a job does.
"""

from __future__ import annotations

import queue
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from index.errors import QAError

if TYPE_CHECKING:
    from prompt_toolkit.input import Input

T = TypeVar("T")


class Job(Generic[T]):
    """A call on the worker thread: wait for it, or walk away from it."""

    def __init__(self, call: Callable[[Job[T]], T]) -> None:
        self._call = call
        self._ended = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        """On the worker thread: nothing raised here may end it."""
        try:
            if not self.stop.is_set():
                self._result = self._call(self)
        except BaseException as error:  # whatever it is, whoever waits gets it
            self._error = error
        self._ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within ``seconds``."""
        return self._ended.wait(seconds)

    def result(self) -> T:
        """What the call gave; what it raised is raised here, a fault of the program as a QAError: the prompt goes on."""
        if isinstance(self._error, Exception) and not isinstance(self._error, QAError):
            told = f"{type(self._error).__name__}: {self._error}"
            raise QAError(f"This is a fault of the program, please report it: {told}") from self._error
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # None only where T allows it, or for a job that was stopped


class Worker:
    """One daemon thread, one job after the other."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._last: Job[Any] | None = None
        self._thread = threading.Thread(target=self._work, name="qa-worker", daemon=True)
        self._thread.start()

    def start(self, call: Callable[[Job[T]], T]) -> Job[T]:
        """Queues ``call`` behind what is running."""
        self._last = job = Job(call)
        self._jobs.put(job)
        return job

    def close(self, seconds: float) -> None:
        """No more jobs; asks the last one to stop and waits ``seconds`` for it."""
        if self._last is not None:
            self._last.stop.set()
        self._jobs.put(None)
        self._thread.join(seconds)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()


@contextmanager
def typing_kept(source: Input) -> Iterator[None]:
    """What is typed inside is not shown, and Ctrl-C does not lose it: whoever reads next gets it. Nothing elsewhere than on a
    terminal."""
    try:
        descriptor = source.fileno()
        before = termios.tcgetattr(descriptor)
    except (OSError, termios.error, NotImplementedError):
        yield
        return
    quiet = [*before]
    quiet[3] = before[3] & ~termios.ECHO | termios.NOFLSH
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
