"""A provider in a process of its own, and the sums that its records and our books must agree on."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

import httpx

from tests.functional import provider as account
from tests.functional.cli import Ran
from tests.functional.workspace import Workspace, add_up, receipts
from tests.processes.hurried import SharedTime
from tests.processes.program import ROOT, Program
from tests.support.patience import PATIENCE_S

_MOST_RUNS = 8
_LISTENS = re.compile(r"listens on (http://\S+);")
Faults = Mapping[str, object]
"""What goes wrong at the provider's side, as in the file of `campaign serve --faults`."""


class Vendor:
    """`campaign serve` as a process, while it is entered."""

    def __init__(self, folder: Path, time: SharedTime, *, faults: Faults | None = None) -> None:
        folder.mkdir(parents=True)
        file = folder / "faults.json"
        file.write_text(json.dumps({"version": 1, **(faults or {})}), "utf-8")
        argv = ("--port", "0", "--state", str(folder / "state"), "--faults", str(file))
        self._process = Program(
            *argv, cwd=ROOT, environment=time.environment, module="tests.processes.serving"
        )
        self._time = time

    def __enter__(self) -> Self:
        self._process.says("campaign run NAME")
        self.base_url = _LISTENS.search(self._process.told)[1]
        return self

    def __exit__(self, *_exception) -> None:
        self._process.kill()
        self._process.ended()

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "WAVESPEED_BASE_URL": self.base_url,
            "WAVESPEED_API_KEY": "any-key",
            **self._time.environment,
        }

    @property
    def realm(self) -> str:
        """The realm that the program makes of the address."""
        return account.realm_of(self.base_url)

    def bill(self) -> int:
        """What the account was charged less what was given back, in micro-dollars."""
        return account.bill(self.base_url)


def paid_for(base_url: str) -> set[str]:
    """Ids of all predictions that a bill tells of; unlike the history, it knows them at once."""
    rows = account.ask(base_url, "POST", "billings/search", {"page_size": 100})["items"]
    return {row["prediction"]["uuid"] for row in rows}


def delivered(base_url: str) -> set[str]:
    """Digests of all pictures that a provider delivered, and that somebody paid for."""
    outputs = [
        output
        for prediction in paid_for(base_url)
        for output in account.ask(base_url, "GET", f"predictions/{prediction}/result")["outputs"]
    ]
    addresses = [output["url"] if isinstance(output, dict) else output for output in outputs]
    with httpx.Client(trust_env=False, verify=False, timeout=PATIENCE_S) as client:  # noqa: S501 (loopback)
        return {hashlib.sha256(client.get(address).content).hexdigest() for address in addresses}


def see_through(
    here: Callable[..., Ran],
    time: SharedTime,
    workspace: Workspace,
    vendor: Vendor | account.Provider,
    *,
    name: str = "winter",
) -> None:
    """Run and reconcile until nothing is open; nothing else is asked of a person than to wait."""
    for _ in range(_MOST_RUNS):
        assert here(vendor, "reconcile", root=workspace.root).code in {0, 6}
        ran = here(vendor, "run", name, "--yes", root=workspace.root)
        if ran.code == 0:
            break
        time.pass_by(minutes=16)  # until then nobody can prove that a request is lost
    assert ran.code == 0, ran.err
    assert here(vendor, "reconcile", root=workspace.root).code == 0


def assert_nothing_leaked(
    here: Callable[..., Ran],
    workspace: Workspace,
    vendor: Vendor | account.Provider,
    *,
    names: Iterable[str] = ("winter",),
) -> None:
    """The sums after any trouble, once everything is seen through and reconciled."""
    locks = [workspace.lock(name, vendor.realm) for name in names]
    # The bill equals the books: those of the receipts, counted without the program, and its own.
    status = here(vendor, "status", "--all", "--json", root=workspace.root)
    campaigns = status.document["campaigns"]
    assert vendor.bill() == add_up(*locks) == sum(one["charged"] for one in campaigns)
    assert [(one["reserved"], one["in_doubt"]) for one in campaigns] == [(0, 0)] * len(campaigns)
    # Every prediction that was paid for has its receipt, and there is no receipt of another.
    filed = {one["prediction"] for lock in locks for one in receipts(lock, "gen", "failed")}
    assert filed == paid_for(vendor.base_url)
    # No cell was bought twice. A receipt may stand in two files: a run that was killed between
    # filing it and saying so leaves that to the next one.
    gens = {one["attempt"]: one for lock in locks for one in receipts(lock, "gen")}
    bought = [cell["key"] for gen in gens.values() for cell in gen["cells"]]
    assert len(bought) == len(set(bought))
    # No paid picture was lost.
    store = workspace.state(vendor.realm) / "store" / "sha256"
    kept = {file.name for file in store.rglob("*") if file.is_file()}
    assert delivered(vendor.base_url) <= kept
