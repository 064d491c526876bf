"""The forms of the shop. What may be kept of them is for Janji to say."""

from django import forms


class Account(forms.Form):
    """To open an account. The box for the newsletter is not ticked for anybody."""

    email = forms.EmailField(label="E-mail")
    address = forms.CharField(label="Address", required=False)
    born = forms.DateField(label="Date of birth", widget=forms.DateInput(attrs={"type": "date"}))
    newsletter = forms.BooleanField(label="Send me the newsletter", required=False)


class Order(forms.Form):
    """To order something."""

    thing = forms.CharField(label="Thing")
    address = forms.CharField(label="Address")
