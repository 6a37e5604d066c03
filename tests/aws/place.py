"""A home folder with AWS's files, and two who are asked what credentials they find there: cfngen and botocore."""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import textwrap
import unittest
from unittest import mock

import botocore.credentials
import botocore.session
import botocore.tokens
import sources

WHOAMI = pathlib.Path(os.environ["CFN_BUILD"]) / "tests" / "whoami"
SERVER = sources.Server()
REGION = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_REGION": "eu-central-1"}


def short(secret):
    return hashlib.sha256(secret.encode()).hexdigest()[:16] if secret else "-"


class Place(unittest.TestCase):
    """A home folder with AWS's files, an environment, and who is asked what they find there."""

    def setUp(self):
        SERVER.reset()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        (self.home / ".aws/sso/cache").mkdir(parents=True)
        self.environment = {
            "HOME": str(self.home), "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **REGION,
            **{f"AWS_ENDPOINT_URL_{name}": SERVER.url for name in ("STS", "SSO", "SSO_OIDC")}}

    def write(self, name, text):
        path = self.home / ".aws" / name
        path.write_text(textwrap.dedent(text).replace("$SERVER", SERVER.url).replace("$HOME", str(self.home)))
        return path

    def sso_cache(self, name, expires=3600, **more):
        body = {"accessToken": "SECRET-sso", "expiresAt": sources.stamp(expires), "startUrl": "https://x", **more}
        path = self.home / ".aws/sso/cache" / (hashlib.sha1(name.encode()).hexdigest() + ".json")
        path.write_text(json.dumps(body))
        return path

    def ours(self, *words, **variables):
        said = subprocess.run([WHOAMI, *words], env={**self.environment, **variables}, capture_output=True, text=True,
                              timeout=120)
        self.assertIn(said.returncode, (0, 3), said.stderr)
        self.assertNotRegex(said.stdout + said.stderr, "(?<!AWS_)SECRET")
        return said

    def found(self, *words, **variables):
        said = self.ours(*words, **variables)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.origin, keys = said.stdout.splitlines()[-2:]
        return tuple(keys.split())

    def refused(self, *words, **variables):
        said = self.ours(*words, **variables)
        self.assertEqual(said.returncode, 3, said.stdout)
        return said.stderr.replace(str(self.home), "~")

    def theirs(self, profile=None, code=None, **variables):
        """What botocore finds, in this process: its own folder for SSO is fixed when it is imported."""
        cache = str(self.home / ".aws/sso/cache")
        with mock.patch.dict(os.environ, {**self.environment, **variables}, clear=True), \
                mock.patch.object(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", cache), \
                mock.patch.object(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", cache), \
                mock.patch("getpass.getpass", lambda *_: code):
            session = botocore.session.Session(profile=profile)
            resolver = session.get_component("credential_provider")
            for provider in resolver.providers:
                if isinstance(provider, botocore.credentials.AssumeRoleProvider):
                    provider._prompter = lambda *_: code
            credentials = session.get_credentials()
            if credentials is None:
                return None
            frozen = credentials.get_frozen_credentials()
        return frozen.access_key, short(frozen.secret_key), short(frozen.token)

    def same(self, key, *words, profile=None, code=None, **variables):
        """Both find the same, and that is `key`."""
        theirs = self.theirs(profile, code, **variables)
        more = (["--profile", profile] if profile else []) + (["--code", code] if code else [])
        self.assertEqual(self.found(*more, *words, **variables), theirs)
        self.assertEqual(theirs[0], key)
