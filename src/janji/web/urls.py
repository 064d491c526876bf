"""The addresses: the console, the API with the pages for people, and what errors outside of it say."""

from __future__ import annotations

from janji.web.api import api
from janji.web.console.addresses import urlpatterns as console
from janji.web.routes import Routes

urlpatterns = [Routes(*api.urls), Routes(console)]

handler400 = "janji.web.problems.on_status_400"
handler403 = "janji.web.problems.on_status_403"
handler404 = "janji.web.problems.on_status_404"
handler500 = "janji.web.problems.on_status_500"
