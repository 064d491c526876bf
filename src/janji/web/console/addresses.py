"""The addresses of the console: every module of screens, loaded so that it declares its own."""

from __future__ import annotations

from janji.web.console import (
    api_keys,
    by_hand,
    condition,
    data_map,
    drafts,
    evidence,
    guardianship,
    incidents,
    law,
    ledger,
    me,
    overview,
    people,
    person_acts,
    policy,
    promises,
    register,
    request_looks,
    request_new,
    request_page,
    request_steps,
    requests,
    retention,
    staff,
    tasks,
    webhooks,
    work,
    worklists,
)
from janji.web.console.entrance import urlpatterns as entrance
from janji.web.console.shell import urls

SCREENS = (
    overview, promises, requests, request_page, request_steps, request_looks, request_new, tasks, worklists, incidents, people, person_acts, guardianship, evidence, data_map, ledger,
    retention, by_hand, register, policy, drafts, law, work, staff, me, condition, api_keys, webhooks,
)  # fmt: skip
"""The modules of screens."""
urlpatterns = [*entrance, *urls()]
