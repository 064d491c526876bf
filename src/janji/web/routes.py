"""Routes: the patterns an address could mean, looked up by its first two words instead of tried one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Words = tuple[str, str]


class Routes(URLResolver):
    """Patterns without a prefix of their own, in their order. What they lead to, and what is reversed, is Django's.

    Django's own resolver matches an address against each of hundreds, which is much of a short request.
    """

    def __init__(self, patterns: Sequence[URLPattern | URLResolver], app_name: str | None = None, namespace: str | None = None) -> None:
        super().__init__(RoutePattern(""), list(patterns), None, app_name, namespace)
        starts = [_start(pattern) for pattern in patterns]
        self._places: dict[Words, URLResolver] = {}
        for words in {_words("/".join(start)) for start in starts}:
            found = [pattern for pattern, start in zip(patterns, starts, strict=True) if start == words[: len(start)]]
            self._places[words] = URLResolver(RoutePattern(""), found, None, app_name, namespace)

    def resolve(self, path: Any) -> ResolverMatch:
        """As Django's; raises `Resolver404`."""
        first, second = _words(str(path))
        place = self._places.get((first, second)) or self._places.get((first, "")) or self._places.get(("", ""))
        if place is None:
            raise Resolver404({"path": path})
        return place.resolve(path)


def _words(path: str) -> Words:
    """The first two words of an address; empty where there is none."""
    first, _, rest = path.partition("/")
    return first, rest.partition("/")[0]


def _start(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    """The words, two at most, that every address of a pattern begins with."""
    route = str(pattern.pattern)
    whole = route.partition("<")[0] if "<" in route else f"{route}/"
    return tuple(whole.split("/")[:-1][:2])
