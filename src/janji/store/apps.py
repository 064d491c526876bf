"""The store as Django knows it: one application, labelled `store`."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The application of our own tables."""

    name = "janji.store"
    label = "store"
