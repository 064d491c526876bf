"""The least rights that Janji needs in a system, as statements for its administrator: to look, and to erase, each for a user of its own."""

from __future__ import annotations

from janji.connectors.grants import grants as written
from janji.erasure.plan import Purpose, plan_store
from janji.errors import Invalid
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.systems import reaching, system_named


def grants(house: House, name: str, reader: str, eraser: str) -> str:
    """What its administrator grants: `reader` may look, `eraser` may carry plans out. From the form of the system as it is now.

    Raises `Invalid` while nobody said what the system holds, and as reaching it does.
    """
    system_named(name)
    meant = meanings(house.runtime)
    if name not in meant:
        raise Invalid(say(N_("nobody said what `{system}` holds"), system=name), say(N_("`janji map scan {system}` proposes it for review"), system=name))
    with reaching(house) as reach:
        catalogue = reach.of(name).catalogue()
    others = [other for system, other in meant.items() if system != name]
    plan = plan_store(catalogue, meant[name], purpose=Purpose.ERASE, at=house.runtime.now(), others=others)
    return written(catalogue.dialect, plan, reader, eraser)
