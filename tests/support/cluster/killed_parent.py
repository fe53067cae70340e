"""A render that kills itself when the files of a job are home: `… PROJECT ADDRESS`."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace

from forge import cli
from forge.cluster import remote_lane
from forge.cluster.hosts import HostSeats
from forge.cluster.remote_attempt import RemoteAttempt
from forge.cluster.ways import way_to
from forge.commands.arguments import settings_of
from forge.commands.batch import render
from forge.commands.render import request_of
from forge.model.host_access import HostAccess
from forge.model.records import Attempt
from tests.support.cluster.harness import LEASE_S
from tests.support.pool.shop import STAGE


class Killed(RemoteAttempt):
    def carry_out(self) -> Attempt:
        attempt = super().carry_out()
        os.kill(os.getpid(), signal.SIGKILL)
        return attempt


def main(project: str, address: str) -> None:
    setattr(remote_lane, "RemoteAttempt", Killed)  # noqa: B010
    words = cli.parser().parse_args(["render", "--project", project])
    seats = HostSeats(way_to(HostAccess(cluster=address)), LEASE_S)
    request = replace(request_of(words), stage=STAGE)
    render(settings_of(words), request, make_seats=lambda *_: seats)


if __name__ == "__main__":
    main(*sys.argv[1:])
