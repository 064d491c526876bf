"""Routes: an address leads where Django's own way through every pattern leads, and nowhere where that leads nowhere."""

from __future__ import annotations

import re

from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.choosing import Clock, make_house
from tests.strategies import examples

from janji.web.application import make_application
from janji.web.routes import Routes
from janji.workflows.door import Door

ID = "0192f0c1-2b7a-7c3d-8e4f-5a6b7c8d9e0f"


def _slow(tree: Routes) -> URLResolver:
    """The same patterns, tried one after the other."""
    return URLResolver(RoutePattern(""), tree.url_patterns, None, tree.app_name, tree.namespace)


def _found(resolver: URLResolver, address: str) -> tuple[object, ...] | None:
    try:
        match: ResolverMatch = resolver.resolve(address)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.url_name, match.namespaces, match.app_names, match.route


def test_an_address_leads_where_django_leads(database_url: str) -> None:
    """Every address of ours, with its parts filled in, cut, lengthened, and mixed with those of others."""
    make_application(Door(make_house(database_url, Clock())))
    trees = [tree for tree in get_resolver().url_patterns if isinstance(tree, Routes)]
    routes = [str(pattern.pattern) for tree in trees for pattern in tree.url_patterns]
    filled = [re.sub(r"<[^>]*>", ID, route) for route in routes]
    assert len(routes) > 150
    words = sorted({word for route in filled for word in route.split("/")} | {"", "x", "%2e", "V1", "ö"})
    addresses = st.one_of(st.sampled_from(filled), st.lists(st.sampled_from(words), max_size=5).map("/".join))

    @settings(max_examples=examples(1000), deadline=None)
    @given(addresses, st.sampled_from(["", "/", "x", "/x", "\n"]))
    def same(address: str, more: str) -> None:
        for tree in trees:
            assert _found(tree, address + more) == _found(_slow(tree), address + more)

    same()
    for tree in trees:
        for route in filled:
            assert _found(tree, route) == _found(_slow(tree), route)
    assert all(sum(_found(tree, route) is not None for tree in trees) <= 1 for route in filled)
    assert sum(_found(tree, route) is not None for tree in trees for route in filled) > 150
    assert reverse("janji:decide") == "/v1/decisions"
