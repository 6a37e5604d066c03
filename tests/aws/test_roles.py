"""Credentials that are exchanged for others: roles, SSO, web identity, containers, instances; compared with botocore."""
import json
import os
import stat
import unittest

import botocore.exceptions
import sources
from place import SERVER, Place

BASE = "[base]\naws_access_key_id = AKIAbase\naws_secret_access_key = SECRET-base\n"
ROLE = "arn:aws:iam::111122223333:role"


class Roles(Place):
    def setUp(self):
        super().setUp()
        self.write("credentials", BASE)

    def forms(self):
        return [dict(sources.urllib.parse.parse_qsl(body)) for method, _, _, body in SERVER.requests if method == "POST"]

    def test_source_profile(self):
        self.write("config", f"""\
            [profile dev]
            role_arn = {ROLE}/a
            source_profile = base
            external_id = x=1&y
            role_session_name = me@here
            duration_seconds = 900
            """)
        self.same("ASIAa.AKIAbase", profile="dev")
        self.same("ASIAa.AKIAbase", AWS_PROFILE="dev")
        self.assertEqual(self.origin, f"profile dev: role {ROLE}/a, assumed with profile base: keys in "
                                      f"{self.home}/.aws/credentials:2")
        self.assertEqual(self.forms()[0], self.forms()[1])
        self.assertEqual(self.forms()[1]["ExternalId"], "x=1&y")
        self.assertEqual(self.forms()[1]["DurationSeconds"], "900")

    def test_chain(self):
        self.write("config", f"""\
            [profile a]
            role_arn = {ROLE}/a
            source_profile = b
            [profile b]
            role_arn = {ROLE}/b
            source_profile = c
            [profile c]
            role_arn = {ROLE}/c
            source_profile = base
            [profile self]
            role_arn = {ROLE}/self
            source_profile = self
            aws_access_key_id = AKIAself
            aws_secret_access_key = SECRET-self
            [profile keys]
            role_arn = {ROLE}/keys
            source_profile = self
            """)
        self.same("ASIAa.ASIAb.ASIAc.AKIAbase", profile="a")
        self.same("ASIAself.AKIAself", profile="self")
        self.same("ASIAkeys.AKIAself", profile="keys")
        self.assertIn(("Authorization", "x-amz-security-token"),
                      {tuple(n for n in ("Authorization", "x-amz-security-token") if n.lower() in {k.lower() for k in headers})
                       for _, _, headers, _ in SERVER.requests})

    def test_circles(self):
        self.write("config", f"""\
            [profile a]
            role_arn = {ROLE}/a
            source_profile = b
            [profile b]
            role_arn = {ROLE}/b
            source_profile = a
            [profile self]
            role_arn = {ROLE}/self
            source_profile = self
            """)
        for profile, said in (("a", "~/.aws/config:6: error: source_profile: the profiles lead in a circle: 'b' comes back to 'a'"),
                              ("self", "~/.aws/config:9: error: source_profile: the profiles lead in a circle")):
            self.assertRaises(botocore.exceptions.InfiniteLoopConfigError, self.theirs, profile)
            self.assertIn(said, self.refused("--profile", profile))

    def test_refused_settings(self):
        for settings, said in (("source_profile = bsae", "config:3: error: source_profile: profile 'dev' needs a profile that is not there: "
                                "'bsae' (did you mean 'base'?)"),
                               ("", "config:2: error: profile 'dev' has a role_arn and needs source_profile or credential_source"),
                               ("source_profile = base\ncredential_source = Environment", "config:4: error: profile 'dev' must have one of"),
                               ("credential_source = Elsewhere", "config:3: error: credential_source: must be Environment, "
                                "Ec2InstanceMetadata or EcsContainer, not 'Elsewhere'"),
                               ("credential_source = Environment", "config:3: error: credential_source: profile 'dev' finds no credentials there"),
                               ("source_profile = none\n[profile none]\noutput = x", "needs credentials of a profile that has none: 'none'")):
            self.write("config", f"[profile dev]\nrole_arn = {ROLE}/a\n{settings}\n")
            self.assertRaises(Exception, self.theirs, "dev")
            self.assertIn("~/.aws/" + said if said.startswith("config") else said, self.refused("--profile", "dev"))

    def test_refused_by_aws(self):
        self.write("config", f"[profile dev]\nrole_arn = {ROLE}/denied\nsource_profile = base\n")
        self.assertRaises(botocore.exceptions.ClientError, self.theirs, "dev")
        said = self.refused("--profile", "dev")
        self.assertIn("~/.aws/config:2: error: ", said)
        self.assertIn("sts:AssumeRole is refused: not allowed to assume denied (AccessDenied)", said)

    def test_no_answer(self):
        self.write("config", f"[profile dev]\nrole_arn = {ROLE}/a\nsource_profile = base\n")
        self.assertIn("~/.aws/config:2: error: sts:AssumeRole is not answered: ",
                      self.refused("--profile", "dev", AWS_ENDPOINT_URL_STS="http://127.0.0.1:1"))

    def test_mfa(self):
        self.write("config", f"""\
            [profile dev]
            role_arn = {ROLE}/a
            source_profile = base
            mfa_serial = arn:aws:iam::111122223333:mfa/me
            """)
        self.same("ASIAa.AKIAbase", profile="dev", code="123456")
        said = self.refused("--profile", "dev")
        self.assertIn("~/.aws/config:4: error: mfa_serial: profile 'dev' needs a code of a device, and there is nobody to ask for it: "
                      "'arn:aws:iam::111122223333:mfa/me' (run it at a terminal, or with a profile that needs none)", said)
        self.assertIn("no code was given", self.refused("--profile", "dev", "--code", "-"))
        self.assertIn("must be of 6 digits", self.refused("--profile", "dev", "--code", "12345x"))
        self.assertIn("invalid MFA one time pass code", self.refused("--profile", "dev", "--code", "654321"))

    def test_credential_source(self):
        keys = {"AWS_ACCESS_KEY_ID": "AKIAenv", "AWS_SECRET_ACCESS_KEY": "SECRET-env"}
        for source, key, variables in (("Environment", "AKIAenv", keys),
                                       ("EcsContainer", "ASIAcontainer", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{SERVER.url}/agent"}),
                                       ("Ec2InstanceMetadata", "ASIAinstance-role", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": SERVER.url,
                                                                                     "AWS_EC2_METADATA_DISABLED": "false"})):
            self.write("config", f"[profile dev]\nrole_arn = {ROLE}/a\ncredential_source = {source}\n")
            self.same(f"ASIAa.{key}", profile="dev", **variables)

    def test_kept_and_fetched_again(self):
        self.write("config", f"[profile dev]\nrole_arn = {ROLE}/a\nsource_profile = base\n")
        for lifetime, times in ((3600, 1), (200, 4)):
            SERVER.reset()
            SERVER.lifetime = lifetime
            self.found("--profile", "dev", "--times", "3")
            self.assertEqual(SERVER.asked["POST /"], times)


class WebIdentity(Place):
    def setUp(self):
        super().setUp()
        self.token = self.write("token", "SECRET-web")
        self.environment |= {"AWS_WEB_IDENTITY_TOKEN_FILE": str(self.token), "AWS_ROLE_ARN": f"{ROLE}/web"}

    def test_environment(self):
        self.same("ASIAweb.web")
        self.same("ASIAweb.web", AWS_ROLE_SESSION_NAME="me")
        self.write("credentials", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = SECRET\n")
        self.same("ASIAweb.web")
        self.same("AKIA", profile="default")

    def test_profile(self):
        for name in ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"):
            del self.environment[name]
        self.write("config", f"[profile dev]\nrole_arn = {ROLE}/p\nweb_identity_token_file = {self.token}\n"
                             f"[profile role]\nrole_arn = {ROLE}/r\nsource_profile = dev\n")
        self.same("ASIAp.web", profile="dev")
        self.same("ASIAr.ASIAp.web", profile="role")

    def test_refused(self):
        self.assertIn("a role is needed for the token (set AWS_ROLE_ARN", self.refused(AWS_ROLE_ARN=""))
        self.assertIn("the token's file cannot be read (No such file or directory): '/no/where'",
                      self.refused(AWS_WEB_IDENTITY_TOKEN_FILE="/no/where"))
        self.token.write_text("\n")
        self.assertIn("must hold a token: '~/.aws/token'", self.refused())
        self.token.write_text("SECRET-bad")  # which the server repeats in its answer
        self.assertIn("InvalidIdentityToken", self.refused())

    def test_a_line_break_at_the_end(self):
        self.token.write_text("SECRET-web\n")
        self.assertEqual(self.found()[0], "ASIAweb.web")


class Sso(Place):
    NEW = ("[profile dev]\nsso_session = team\nsso_account_id = 111122223333\nsso_role_name = reader+x\n"
           "[sso-session team]\nsso_region = eu-west-1\nsso_start_url = https://x\nsso_registration_scopes = sso:account:access\n")
    OLD = ("[profile dev]\nsso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = 111122223333\n"
           "sso_role_name = reader\n")
    CLIENT = {"refreshToken": "SECRET-refresh", "clientId": "client", "clientSecret": "SECRET-client"}

    def test_session(self):
        self.write("config", self.NEW)
        self.sso_cache("team")
        self.same("ASIAreader+x.111122223333", profile="dev")
        self.assertEqual(self.origin, "profile dev: role reader+x of account 111122223333, by SSO")
        self.assertIn(f"trace: sso GetRoleCredentials GET {SERVER.url}/federation/credentials 200 \n",
                      self.ours("--profile", "dev").stderr)
        self.write("config", self.NEW + f"[profile role]\nrole_arn = {ROLE}/r\nsource_profile = dev\n")
        self.same("ASIAr.ASIAreader+x.111122223333", profile="role")

    def test_older_form(self):
        self.write("config", self.OLD)
        self.sso_cache("https://x")
        self.same("ASIAreader.111122223333", profile="dev")

    def test_not_signed_in(self):
        for config, name in ((self.NEW, "team"), (self.OLD, "https://x")):
            self.write("config", config)
            self.assertRaises(Exception, self.theirs, "dev")
            self.assertIn("error: the SSO session of profile 'dev' is not there (run aws sso login --profile dev) [aws.sso]",
                          self.refused("--profile", "dev"))
            path = self.sso_cache(name, expires=-10)
            self.assertRaises(Exception, self.theirs, "dev")
            expired = "error: the SSO session of profile 'dev' has expired (run aws sso login --profile dev) [aws.sso]"
            self.assertIn(expired, self.refused("--profile", "dev"))
            path.write_text(json.dumps({**json.loads(self.sso_cache(name).read_text()), "accessToken": "SECRET-revoked"}))
            self.assertRaises(Exception, self.theirs, "dev")
            self.assertIn(expired, self.refused("--profile", "dev"))
            path.write_text("SECRET")
            self.assertIn("is not there", self.refused("--profile", "dev"))
            path.unlink()

    def test_refresh(self):
        for expires in (-10, 60):
            self.write("config", self.NEW)
            path = self.sso_cache("team", expires, **self.CLIENT, registrationExpiresAt=sources.stamp(9999))
            before = path.read_text()
            theirs = self.theirs("dev")
            path.write_text(before)
            self.assertEqual(self.found("--profile", "dev"), theirs)
            kept = json.loads(path.read_text())
            self.assertEqual((kept["accessToken"], kept["refreshToken"]), ("SECRET-sso-fresh", "SECRET-refresh-2"))
            self.assertGreater(kept["expiresAt"], sources.stamp(20000))
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(os.listdir(path.parent), [path.name])
            self.assertEqual(self.theirs("dev"), theirs)  # botocore goes on with what we have written

    def test_no_refresh(self):
        self.write("config", self.NEW)
        client = {**self.CLIENT, "registrationExpiresAt": sources.stamp(9999)}
        for change in ({"registrationExpiresAt": sources.stamp(-9)}, {"refreshToken": "SECRET-other"}, {"clientId": ""}):
            path = self.sso_cache("team", -10, **{**client, **change})
            before = path.read_text()
            self.assertIn("has expired (run aws sso login", self.refused("--profile", "dev"))
            self.assertEqual(path.read_text(), before)
        self.sso_cache("team", 60, **{**client, "refreshToken": "SECRET-other"})
        self.assertEqual(self.found("--profile", "dev")[0], "ASIAreader+x.111122223333")

    def test_refused_settings(self):
        self.sso_cache("team")
        for config, said in ((self.NEW.replace("[sso-session team]", "[sso-session other]"), "there is no section [sso-session team] in"),
                             (self.NEW.replace("sso_role_name = reader+x\n", ""), "sso_role_name: must be set for profile 'dev'"),
                             (self.NEW.replace("[sso", "sso_region = us-east-1\n[sso"), "[sso-session team] must say the same")):
            self.write("config", config)
            self.assertRaises(botocore.exceptions.InvalidConfigError, self.theirs, "dev")
            self.assertIn(said, self.refused("--profile", "dev"))
        self.write("config", self.NEW.replace("reader+x", "nobody"))
        self.assertRaises(Exception, self.theirs, "dev")
        self.assertIn("must be given role 'nobody' in account '111122223333'", self.refused("--profile", "dev"))


class Order(Place):
    """A profile that has everything: which comes first, and what is left when it is taken away."""

    def test_order(self):
        self.sso_cache("team")
        token = self.write("token", "SECRET-web")
        process = self.home / "process"
        process.write_text("#!/bin/sh\necho '{\"Version\": 1, \"AccessKeyId\": \"AKIAprocess\", \"SecretAccessKey\": \"SECRET\"}'\n")
        process.chmod(0o755)
        keys = "aws_access_key_id = {0}\naws_secret_access_key = SECRET-{0}\n".format
        layers = [
            ("ASIAa.AKIAbase", f"role_arn = {ROLE}/a\nsource_profile = base\n", "", {}),
            ("ASIAweb.web", "", "", {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": f"{ROLE}/web"}),
            ("ASIAr.1", "sso_session = team\nsso_account_id = 1\nsso_role_name = r\n", "", {}),
            ("AKIAfile", "", "[dev]\n" + keys("AKIAfile"), {}),
            ("AKIAprocess", f"credential_process = {process}\n", "", {}),
            ("AKIAconfig", keys("AKIAconfig"), "", {}),
        ]
        for first in range(len(layers)):
            config, credentials, variables = "[profile dev]\n", BASE, {"AWS_PROFILE": "dev"}
            for _, setting, file, more in layers[first:]:
                config, credentials, variables = config + setting, credentials + file, {**variables, **more}
            self.write("config", config + "[sso-session team]\nsso_region = eu-west-1\nsso_start_url = https://x\n")
            self.write("credentials", credentials)
            self.same(layers[first][0], **variables)
            self.same("AKIAenv", **variables, AWS_ACCESS_KEY_ID="AKIAenv", AWS_SECRET_ACCESS_KEY="SECRET")


class Machine(Place):
    """A container's agent and an instance's metadata."""

    def test_container(self):
        full = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{SERVER.url}/agent"}
        self.same("ASIAcontainer", **full)
        SERVER.agent_token = "SECRET-agent"
        self.same("ASIAcontainer", **full, AWS_CONTAINER_AUTHORIZATION_TOKEN="SECRET-agent")
        token = self.write("token", "SECRET-agent")
        self.same("ASIAcontainer", **full, AWS_CONTAINER_AUTHORIZATION_TOKEN="x", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token))
        self.assertEqual(self.origin, "the container's role")
        self.assertIn("but status 401 Unauthorized", self.refused(**full))
        token.write_text("SECRET\r\nX-Evil: 1")
        self.assertIn("must be a single line", self.refused(**full, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token)))

    def test_hosts(self):
        for url in ("http://example.com/x", "http://127.0.0.1.example.com/", "http://localhost@example.com/", "ftp://localhost/",
                    "http://127.evil/", "https:///x", "http://[::1]example.com/"):
            said = self.refused(AWS_CONTAINER_CREDENTIALS_FULL_URI=url)
            self.assertIn("AWS_CONTAINER_CREDENTIALS_FULL_URI: must be https, or http on this machine", said)

    def test_nobody_answers(self):
        self.assertIn("the container's credentials cannot be had", self.refused(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:1/"))

    def instance(self, **more):
        return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": SERVER.url, **more}

    def test_instance(self):
        self.same("ASIAinstance-role", **self.instance())
        self.assertEqual(self.origin, "the instance's role instance-role")
        self.same("ASIAinstance-role", **self.instance(AWS_EC2_METADATA_SERVICE_ENDPOINT=SERVER.url + "/"))
        self.write("config", f"[default]\nec2_metadata_service_endpoint = {SERVER.url}\n")
        self.same("ASIAinstance-role", AWS_EC2_METADATA_DISABLED="false")

    def test_written_keys_and_containers_come_first(self):
        full = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{SERVER.url}/agent"}
        self.same("ASIAcontainer", **self.instance(**full))
        self.write("credentials", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = SECRET\n")
        self.same("AKIA", **self.instance(**full))

    def test_no_instance(self):
        self.assertIn("no credentials: not in the environment", self.refused(**self.instance(AWS_EC2_METADATA_DISABLED="TRUE")))
        self.assertEqual(SERVER.asked, {})
        self.assertIn("no credentials: ", self.refused(**self.instance(AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:1")))
        SERVER.broken.add("/latest/api/token")  # the first version of the protocol is not fallen back to
        self.assertIn("no credentials: ", self.refused(**self.instance()))
        SERVER.broken = {"/latest/meta-data/iam/security-credentials/instance-role"}
        self.assertIn("the instance's metadata gives no credentials, but status 403 Denied: role 'instance-role'",
                      self.refused(**self.instance()))

    def test_no_proxy_for_the_machine(self):
        proxy = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}
        self.assertEqual(self.found(**self.instance(), **proxy)[0], "ASIAinstance-role")
        self.assertEqual(self.found(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{SERVER.url}/agent", **proxy)[0], "ASIAcontainer")


if __name__ == "__main__":
    unittest.main()
