"""Where runs are computed: one interface; in this process, in a pool of processes, or on a Dask cluster.

All results arrive in one queue, in the order in which they are done. An executor computes every task that it took
exactly once, also where a worker is lost on the way; a task that takes its worker down twice comes back as failed.
"""

from __future__ import annotations

import os
import queue
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

from immune_sim.core.errors import ImmuneSimError
from immune_sim.runs.experiments.task import Failure, Result, Task, execute

CONNECT_SECONDS = 20
QUICK_RUN = 0.5  # s; of runs shorter than this a worker has the next one waiting at its door


class Executor(ABC):
    """Computes tasks. workers: how many at a time. slots: how many may be under way, those that wait included."""

    def __init__(self, workers: int):
        self.workers = workers
        self.done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self.slots = 2 * workers

    @abstractmethod
    def submit(self, task: Task) -> None:
        """Take a task."""

    @abstractmethod
    def close(self) -> None:
        """Let all workers go; what they still compute is lost."""

    def collect(self, timeout: float) -> list[Result]:
        """What is done by now; waits for the first at most so many seconds."""
        found: list[Result] = []
        try:
            found.append(self.done.get(timeout=timeout))
            while True:
                found.append(self.done.get_nowait())
        except queue.Empty:
            return found

    def note_speed(self, seconds: float) -> None:
        """Learn how long a run takes; short runs are handed out ahead."""
        self.slots = (2 if seconds < QUICK_RUN else 1) * self.workers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self.abandon()
        else:
            self.close()

    def abandon(self) -> None:
        """Let all workers go without waiting for them: somebody will not wait."""
        self.close()


class InProcess(Executor):
    """Computes in this process, one run after the other."""

    def __init__(self) -> None:
        super().__init__(1)
        self.slots = 1

    def submit(self, task: Task) -> None:
        """Compute the task at once."""
        self.done.put(execute(task))

    def note_speed(self, seconds: float) -> None:
        """One at a time, however short."""

    def close(self) -> None:
        """Nothing to let go."""


class OnDask(Executor):
    """Computes on a Dask cluster: one that is running, or a local one that is started and ended here.

    A lost worker's runs go to another one; Dask gives up on a task that took several workers with it.
    """

    def __init__(self, scheduler: str | None = None, workers: int | None = None, client: Any = None):
        import distributed

        client_of: Any = distributed.Client
        cluster_of: Any = distributed.LocalCluster
        self._cluster = None
        if client is None and scheduler is None:
            for name in THREADS:
                os.environ.setdefault(name, "1")
            self._cluster = cluster_of(n_workers=workers or count_cores(), threads_per_worker=1, dashboard_address=None)
        self._own = client is None
        self.client = client if client is not None else _connected(client_of, self._cluster or scheduler)
        cores = sum(self.client.nthreads().values())
        super().__init__(max(1, cores))
        self._futures: dict[Any, Task] = {}

    def submit(self, task: Task) -> None:
        """Hand the task to the scheduler."""
        future = self.client.submit(execute, task, key=f"{task.run_id}-{os.urandom(4).hex()}", pure=False, retries=0)
        self._futures[future] = task
        future.add_done_callback(self._take)

    def _take(self, future: Any) -> None:
        task = self._futures.pop(future)
        error = future.exception() if future.status == "error" else None
        if future.status == "finished":
            self.done.put(future.result())
        else:
            told = error if error is not None else RuntimeError(f"the scheduler gave the task up: {future.status}")
            self.done.put(Result.failed(task, Failure("worker", type(told).__name__, str(told))))
        future.release()

    def collect(self, timeout: float) -> list[Result]:
        """What is done by now; workers that joined or left change how much is handed out."""
        self.workers = max(1, sum(self.client.nthreads().values()))
        return super().collect(timeout)

    def close(self) -> None:
        """End what was started here."""
        if self._own:
            self.client.close()
        if self._cluster is not None:
            self._cluster.close()


def _connected(client_of: Any, place: Any) -> Any:
    """A client of a scheduler; raises ImmuneSimError where none answers."""
    try:
        return client_of(place, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        what = f"no Dask scheduler answers at {place}: {error}. Check the address; `dask scheduler` prints it."
        raise ImmuneSimError(what) from error


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_executor(workers: int | None = None, scheduler: str | None = None) -> Executor:
    """The executor that is asked for.

    workers: processes of the pool, all cores if None, 0 for this process alone. scheduler: address of a Dask scheduler,
    or "dask" for a local Dask cluster.
    """
    if scheduler:
        return OnDask(None, workers) if scheduler == "dask" else OnDask(scheduler)
    if workers == 0:
        return InProcess()
    from immune_sim.runs.experiments.pool import Pool

    return Pool(workers or count_cores())
