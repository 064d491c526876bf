"""Looks for secrets in the sources, and for known holes in the locked libraries; exits 1 when it finds one.

Secrets that are none (examples, test vectors) are in `tools/known-secrets.json`, by digest; `--update` writes it anew, to
be read before it is committed. Holes are asked of OSV (https://osv.dev) by `pip-audit`; where that cannot be reached the
libraries are not audited, which is said and is no failure.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ROOT / "tools" / "known-secrets.json"
LEFT_OUT = (".lock", ".po", ".mo", ".woff2", ".png", ".pdf", ".xlsx")
DETECTORS = (
    "ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector",
    "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "KeywordDetector",
    "MailchimpDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector",
    "SlackDetector", "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
"""Detectors of forms. Those that go by entropy alone find every digest of a proof, and nothing else here."""


def secrets(files: list[Path]) -> dict[str, set[str]]:
    """What looks like a secret, by file: SHA-1 digests, as `detect-secrets` names them."""
    plugins = [{"name": name} for name in DETECTORS]
    plugins.append({"name": "JanjiKeyDetector", "path": f"file://{ROOT / 'tools' / 'own_keys.py'}"})
    found: dict[str, set[str]] = {}
    with transient_settings({"plugins_used": plugins, "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}]}):
        held = SecretsCollection()
        for file in files:
            held.scan_file(str(file))
        for name, secret in held:
            path = Path(name)
            relative = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
            found.setdefault(str(relative), set()).add(f"{secret.type}: {secret.secret_hash}")
    return found


def sources() -> list[Path]:
    """The files of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and not name.endswith(LEFT_OUT) and ROOT / name != KNOWN]


def holes(lock: Path, osv: str | None) -> list[str] | None:
    """The known holes of the locked libraries, a line each; `None` when nobody could be asked."""
    command = [sys.executable, "-m", "pip_audit", "-s", "osv", "-r", str(lock), "--no-deps", "--disable-pip", "-f", "json", "--timeout", "10",
               "--progress-spinner", "off"]  # fmt: skip
    run = subprocess.run([*command, *(["--osv-url", osv] if osv else [])], capture_output=True, text=True, check=False, env=os.environ)
    try:
        audited = json.loads(run.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return None
    return [f"{one['name']} {one['version']}: {hole['id']}" for one in audited for hole in one.get("vulns", ())]


def main() -> int:
    """Look, tell, and say by the exit code whether something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="look for secrets in these alone")
    parser.add_argument("--update", action="store_true", help="write down what is there as being none")
    parser.add_argument("--osv-url", help="where to ask, instead of OSV itself")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    asked = parser.parse_args()
    found = secrets(asked.files or sources())
    if asked.update:
        KNOWN.write_text(json.dumps({name: sorted(one) for name, one in sorted(found.items())}, indent=1) + "\n", encoding="utf-8")
        print(f"written: {KNOWN.relative_to(ROOT)}")
        return 0
    known = {name: set(one) for name, one in json.loads(KNOWN.read_text(encoding="utf-8")).items()}
    fresh = [f"{name}: {one}" for name, there in sorted(found.items()) for one in sorted(there - known.get(name, set()))]
    bad = holes(asked.lock, asked.osv_url)
    for line in (*fresh, *(bad or ())):
        print(line)
    asked_osv = "not audited, nobody could be asked" if bad is None else f"known holes: {len(bad)}"
    print(f"secrets: {len(fresh)}; libraries: {asked_osv}")
    return 1 if fresh or bad else 0


if __name__ == "__main__":
    sys.exit(main())
