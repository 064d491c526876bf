"""Settings: every one is documented, read from file and environment alike, checked, and used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from janji.errors import Invalid
from janji.workflows.runtime import CONFIGURATION, SETTINGS, Setting, Settings, load_settings, open_runtime

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {
    "policy": "p", "maps": "m", "language": "id", "data_dir": "d", "database_url": "postgresql://u:secret-word@h/n", "key_file": "k", "key": "secret-word",
    "former_key": "secret-word", "mail_url": "smtps://u:secret-word@h:465", "mail_from": "privacy@example.net", "mail_recipient": "hosting-provider", "mail_intake": "127.0.0.1:2525", "officers": "officer: dpo@example.net,head of legal: legal@example.net", "host": "::1", "port": "81", "threads": "9", "processors": "any", "body_limit": "4096",
    "hosts": "a.example,b.example", "origins": "https://a.example,http://b.example:81", "public_url": "https://privacy.example", "proxy": "10.0.0.1", "hsts": "300",
    "recognisers": "r.yaml", "webhook_networks": "10.20.0.0/16,fd00::/8", "service_networks": "10.20.0.0/16", "transfer_networks": "10.30.0.0/16", "anonymity": "7", "promises": "public", "time_zone": "Asia/Makassar", "oidc_issuer": "https://sso.example.com", "oidc_client": "janji", "oidc_secret": "secret-word", "log_level": "error", "log_format": "json", "metrics_key": "secret-word",
}  # fmt: skip
WRONG = {
    "language": "fr", "mail_url": "smtp://h:99999", "mail_from": "Privacy <p@example.net>", "mail_intake": "127.0.0.1", "officers": "dpo@example.net", "port": "65536", "threads": "0", "processors": "two", "body_limit": "all", "hosts": "*", "origins": "https://a.example/path",
    "public_url": "https://a.example/path", "hsts": "-1", "proxy": "*", "webhook_networks": "10.20.0.0/99", "service_networks": "ten", "transfer_networks": "ten", "anonymity": "1", "promises": "yes", "time_zone": "Asia/Atlantis", "log_level": "loud", "log_format": "xml",
}  # fmt: skip


def test_every_setting_is_a_field_and_every_field_a_setting() -> None:
    """The table and the value say the same, each once; what is shown nowhere is not shared, or holds a password."""
    assert [known.key for known in SETTINGS] == list(dict.fromkeys(known.key for known in SETTINGS))
    assert {known.key for known in SETTINGS} == {item.name for item in fields(Settings)}
    hidden = {item.name for item in fields(Settings) if not item.repr}
    assert hidden >= {known.key for known in SETTINGS if not known.shared} | {"database_url", "mail_url"}


def test_every_setting_is_documented_and_used() -> None:
    """The reference names each with its variable; somewhere in the sources each is read."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    for known in SETTINGS:
        assert f"| `{known.key}`" in page, known.key
        assert known.environment in page, known.environment
        assert re.search(rf"(settings|held|runtime\.settings)\.{known.key}\b", sources), f"nothing reads `{known.key}`"


@pytest.mark.parametrize("known", [known for known in SETTINGS if known.environment], ids=lambda known: known.key)
def test_a_variable_counts_before_the_file(known: Setting, tmp_path: Path) -> None:
    """Each is read from its variable; the shared ones from the file too, where lists and numbers are written as TOML has them."""
    given = EXAMPLES[known.key]
    held = getattr(load_settings(tmp_path, {known.environment: given}), known.key)
    assert held != getattr(Settings(), known.key)
    if not known.shared:
        (tmp_path / CONFIGURATION).write_text(f'{known.key} = "{given}"\n', "utf-8")
        with pytest.raises(Invalid):
            load_settings(tmp_path, {})
        return
    written = json.dumps(given.split(",") if isinstance(held, tuple) else int(given) if isinstance(held, int) else given)
    (tmp_path / CONFIGURATION).write_text(f"{known.key} = {written}\n", "utf-8")
    assert getattr(load_settings(tmp_path, {}), known.key) == held


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_value_is_named(key: str, tmp_path: Path) -> None:
    """What cannot be meant is an error that names the setting, and does not quote the value."""
    (known,) = [known for known in SETTINGS if known.key == key]
    with pytest.raises(Invalid) as caught:
        load_settings(tmp_path, {known.environment: WRONG[key]})
    assert f"`{key}`" in str(caught.value)
    assert caught.value.help is not None
    assert WRONG[key] not in str(caught.value)


def test_what_opens_something_is_not_shown(tmp_path: Path) -> None:
    """`janji settings` says where each value comes from, and of passwords and keys only that they are set."""
    variables = {known.environment: EXAMPLES[known.key] for known in SETTINGS if known.environment and known.key != "language"}
    (tmp_path / CONFIGURATION).write_text('[enforcement]\ndefault = "observe"\n', "utf-8")
    (tmp_path / EXAMPLES["recognisers"]).write_text("recognisers: {}\n", "utf-8")
    done = subprocess.run([sys.executable, "-m", "janji", "settings", "--format", "json", "--data-dir", "x"], cwd=tmp_path, capture_output=True,
                          text=True, check=True, env={**os.environ, **variables})  # fmt: skip
    assert "secret-word" not in done.stdout
    items = {item["name"]: item for item in json.loads(done.stdout)["items"]}
    assert set(items) == {known.key for known in SETTINGS}
    assert items["port"] == {"name": "port", "value": 81, "source": "JANJI_PORT", "about": items["port"]["about"]}
    assert (items["data_dir"]["value"], items["data_dir"]["source"]) == ("x", "--data-dir")
    assert items["enforcement"]["source"] == CONFIGURATION
    assert items["language"]["source"] == "default"
    assert "secret-word" not in repr(open_runtime(tmp_path, variables))


@pytest.mark.parametrize(("variable", "value"), [
    ("JANJI_HOSTS", "https://a.example"), ("JANJI_HOSTS", "a.example:8080"), ("JANJI_HOSTS", "a.example,*.example"), ("JANJI_HOSTS", "."),
    ("JANJI_PROXY", "proxy.example"), ("JANJI_PROXY", "10.0.0.0/8"), ("JANJI_PROXY", "10.0.0.1:80"),
])  # fmt: skip
def test_what_would_be_set_and_never_apply_is_refused(variable: str, value: str, tmp_path: Path) -> None:
    """A host that no request can name, a proxy that no connection can come from: said at the start, not met in service."""
    with pytest.raises(Invalid):
        load_settings(tmp_path, {variable: value})
    for known in ("a.example", ".example", "[::1]", "a_b.example", "10.0.0.1"):
        assert load_settings(tmp_path, {"JANJI_HOSTS": known}).hosts == (known,)
    assert load_settings(tmp_path, {"JANJI_PROXY": "2001:DB8::1"}).proxy == "2001:db8::1"


@pytest.mark.parametrize(("wrong", "told", "help"), [
    ('recognisers = "own.yaml"', "`own.yaml` cannot be read", "look at its name and rights"),
    ("[enforcement.purposes]\nnewsleter = 'warn'", "`enforcement.purposes.newsleter` names nothing in the policy", "did you mean `newsletter`?"),
    ("[enforcement.touchpoints]\nsign-upp = 'warn'", "`enforcement.touchpoints.sign-upp` names nothing in the policy", "did you mean `sign-up`?"),
])  # fmt: skip
def test_what_a_setting_names_is_looked_for(wrong: str, told: str, help: str, tmp_path: Path) -> None:
    """Every setting is shown, and then what one of them names and nobody finds, with what to do."""
    policy = Path(__file__).parents[2] / "examples" / "shop-policy"
    (tmp_path / CONFIGURATION).write_text(f'policy = "{policy}"\n{wrong}\n', "utf-8")
    done = subprocess.run([sys.executable, "-m", "janji", "settings"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert "anonymity" in done.stdout
    assert told in done.stderr
    assert help in done.stderr
    (tmp_path / CONFIGURATION).write_text(f'policy = "{policy}"\n[enforcement.purposes]\nnewsletter = "warn"\n', "utf-8")
    subprocess.run([sys.executable, "-m", "janji", "settings"], cwd=tmp_path, capture_output=True, check=True)
