"""The addresses of the shop."""

from django.urls import path

from shop import views

urlpatterns = [
    path("", views.welcome),
    path("accounts", views.open_account),
    path("account", views.account),
    path("orders", views.order),
    path("newsletter/stop", views.stop_newsletter),
    path("janji", views.hear),
]
