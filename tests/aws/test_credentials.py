"""Keys that somebody has written down: the same are found that botocore finds there, and clear words otherwise."""
import os
import unittest
from unittest import mock

import botocore.exceptions
import botocore.loaders
import botocore.session
import sources
from place import REGION, SERVER, Place

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAenv", "AWS_SECRET_ACCESS_KEY": "SECRET-env"}


class Written(Place):
    """Keys that stand in the environment or in a file, and who comes first."""

    def setUp(self):
        super().setUp()
        self.write("config", """\
            [default]
            aws_access_key_id = AKIAconfig
            aws_secret_access_key = SECRET-config
            [profile dev]
            region = eu-west-1
            aws_access_key_id = AKIAdevconfig
            aws_secret_access_key = SECRET-devconfig
            [profile only config]
            [profile "with blank"]
            aws_access_key_id : AKIAblank
            aws_secret_access_key : SECRET=with=signs
            [profile bare]
            output = json
            """)
        self.write("credentials", """\
            # keys
            [default]
            aws_access_key_id = AKIAfile
            aws_secret_access_key = SECRET-file
            [dev]
            AWS_ACCESS_KEY_ID = AKIAdev
            aws_secret_access_key = SECRET-dev
            aws_session_token = SECRET-token
            """)

    def test_environment(self):
        self.same("AKIAenv", **KEYS)
        self.same("AKIAenv", **KEYS, AWS_SESSION_TOKEN="SECRET-token")
        self.same("AKIAenv", **KEYS, AWS_SESSION_TOKEN="SECRET-a", AWS_SECURITY_TOKEN="SECRET-b")
        self.same("AKIAenv", **KEYS, AWS_CREDENTIAL_EXPIRATION=sources.stamp(3600))
        self.assertEqual(self.origin, "keys of the environment")

    def test_environment_before_a_profile_of_the_environment(self):
        self.same("AKIAenv", **KEYS, AWS_PROFILE="dev")

    def test_a_profile_that_is_asked_for_before_the_environment(self):
        self.same("AKIAdev", profile="dev", **KEYS)

    def test_default(self):
        self.same("AKIAfile")
        self.assertEqual(self.origin, f"profile default: keys in {self.home}/.aws/credentials:3")
        (self.home / ".aws/credentials").unlink()
        self.same("AKIAconfig")

    def test_empty_variables_are_none(self):
        self.same("AKIAfile", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.assertEqual(self.found(AWS_PROFILE="")[0], "AKIAfile")  # a profile without a name, to botocore

    def test_profiles(self):
        self.same("AKIAdev", AWS_PROFILE="dev")
        self.same("AKIAdev", AWS_DEFAULT_PROFILE="dev", AWS_PROFILE="default")
        self.same("AKIAblank", profile="with blank")

    def test_files_elsewhere(self):
        self.write("other", "[dev]\naws_access_key_id = AKIAother\naws_secret_access_key = SECRET-other\n")
        self.same("AKIAother", profile="dev", AWS_SHARED_CREDENTIALS_FILE=str(self.home / ".aws/other"))
        self.same("AKIAother", profile="dev", AWS_SHARED_CREDENTIALS_FILE="~/.aws/other")
        self.same("AKIAdevconfig", profile="dev", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

    def test_half_of_the_keys(self):
        self.assertRaises(botocore.exceptions.PartialCredentialsError, self.theirs, AWS_ACCESS_KEY_ID="AKIAenv")
        self.assertIn("AWS_SECRET_ACCESS_KEY: must be set where AWS_ACCESS_KEY_ID is",
                      self.refused(AWS_ACCESS_KEY_ID="AKIAenv"))
        self.write("credentials", "[dev]\n\naws_access_key_id = AKIA\n")
        self.assertRaises(botocore.exceptions.PartialCredentialsError, self.theirs, "dev")
        self.assertIn("~/.aws/credentials:3: error: profile 'dev' must have aws_access_key_id and "
                      "aws_secret_access_key in one file", self.refused("--profile", "dev"))

    def test_expired_keys_of_the_environment(self):
        self.assertIn("have expired at 2020-01-01T00:00:00",
                      self.refused(**KEYS, AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z"))
        self.assertIn("must be a time such as", self.refused(**KEYS, AWS_CREDENTIAL_EXPIRATION="soon"))

    def test_keys_that_cannot_stand_in_a_header(self):
        self.assertIn("without blanks and line breaks: keys of the environment",
                      self.refused(**{**KEYS, "AWS_SESSION_TOKEN": "SECRET\r\nX-Evil: 1"}))

    def test_a_profile_that_is_not_there(self):
        self.assertRaises(botocore.exceptions.ProfileNotFound, self.theirs, AWS_PROFILE="dve")
        self.assertIn("~/.aws/config: error: there is no profile of that name, here or in ~/.aws/credentials: 'dve' "
                      "(did you mean 'dev'?)", self.refused(AWS_PROFILE="dve"))

    def test_a_named_profile_is_used_alone(self):
        """botocore goes on to the machine's role here, which is rarely what the user has meant."""
        agent = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{SERVER.url}/agent"}
        self.assertEqual(self.theirs(AWS_PROFILE="bare", **agent)[0], "ASIAcontainer")
        self.assertIn("profile 'bare' has no credentials (run aws configure --profile bare",
                      self.refused(AWS_PROFILE="bare", **agent))

    def test_nothing_anywhere(self):
        for name in ("config", "credentials"):
            (self.home / ".aws" / name).unlink()
        self.assertIsNone(self.theirs())
        self.assertIn("error: no credentials: not in the environment, not in ~/.aws/credentials or ~/.aws/config, and "
                      "this is no container and no instance with a role (run aws configure, or name a profile with "
                      "AWS_PROFILE) [aws.credentials]", self.refused())

    def test_login_sessions_are_referred_to_aws(self):
        self.write("config", "[profile dev]\nlogin_session = arn:aws:iam::111122223333:user/x\n")
        self.write("credentials", "")
        said = self.refused("--profile", "dev")
        self.assertIn("~/.aws/config:2: error: profile 'dev' uses a session of aws login", said)
        self.assertIn("aws configure export-credentials --profile dev", said)

    def test_malformed_files(self):
        for text, line, what in ((b"[dev\n", 1, "a section is written as"), (b"x = 1\n", 1, "before the first section"),
                                 (b"[dev]\nSECRET\n", 2, "name = value"), (b"[dev]\na = \xff\n", 2, "UTF-8"),
                                 (b"[dev]\ns3 =\n  SECRET\n", 3, "indented block")):
            (self.home / ".aws/config").write_bytes(text)
            self.assertRaises(botocore.exceptions.ConfigParseError, self.theirs)
            said = self.refused(**KEYS)
            self.assertIn(f"~/.aws/config:{line}: error: ", said)
            self.assertIn(what, said)
        (self.home / ".aws/config").write_bytes(b"#" * (1 << 20) + b"\n")
        self.assertIn("~/.aws/config: error: this file is over 1 MB", self.refused(**KEYS))

    def test_region(self):
        for variables, words, region in (({}, ["--profile", "dev"], "eu-west-1"), ({"AWS_REGION": "us-west-2"}, [], "us-west-2"),
                                         ({"AWS_REGION": "us-west-2"}, ["--region", "sa-east-1"], "sa-east-1")):
            self.environment = {k: v for k, v in self.environment.items() if k not in REGION}
            self.assertEqual(self.ours(*words, **variables).stdout.splitlines()[0], region)
        self.assertIn("no region is set, and profile 'default' has none", self.refused())


class Process(Place):
    def process(self, body, name="give"):
        path = self.home / name
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(0o755)
        self.write("config", f"[profile dev]\ncredential_process = '{path}' \"a b\" c\n")

    def test_given(self):
        self.process('echo run >>"$HOME/runs"; [ "$1" = "a b" ] && echo \'{"Version": 1, "AccessKeyId": "AKIAprocess", '
                     '"SecretAccessKey": "SECRET", "SessionToken": "SECRET-t"}\'', "a script")
        self.same("AKIAprocess", profile="dev")
        self.assertEqual(self.origin, f"profile dev: credential_process in {self.home}/.aws/config:2")

    def test_expiry_and_refresh(self):
        """Kept while it lasts, fetched again within five minutes of the end, and used to the end if that fails."""
        for seconds, fail, runs in ((3600, "", 1), (120, "", 4), (120, 'test -e "$HOME/once" && exit 1; touch "$HOME/once"', 2)):
            (self.home / "runs").write_text("")
            (self.home / "once").unlink(missing_ok=True)
            self.process(f'echo run >>"$HOME/runs"; {fail}\necho \'{{"Version": 1, "AccessKeyId": "AKIAprocess", '
                         f'"SecretAccessKey": "SECRET", "Expiration": "{sources.stamp(seconds)}"}}\'')
            self.assertEqual(self.found("--profile", "dev", "--times", "3")[0], "AKIAprocess")
            self.assertEqual((self.home / "runs").read_text().count("run"), runs)

    def test_refused(self):
        good = '{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "SECRET"'
        for body, what in (("echo SECRET; exit 3", "has failed with exit status 3"), ("kill -9 $$", "was ended by signal 9"),
                           ("echo SECRET", 'must write a JSON object with "Version": 1'),
                           (f"echo '{good[:-1]}'", '"Version": 1'), ("""echo '{"Version": 2}'""", '"Version": 1'),
                           ("""echo '{"Version": 1}'""", "AccessKeyId, SecretAccessKey"),
                           (f"""echo '{good}, "Expiration": "never"}}'""", "a valid Expiration"),
                           (f"""echo '{good}, "Expiration": "2020-01-01T00:00:00Z"}}'""", "have expired at 2020-01-01"),
                           ("yes", "has written more than 64 KB")):
            self.process(body)
            self.assertIn(what, self.refused("--profile", "dev"))
            self.assertRaises(Exception, self.theirs, "dev") if body != "yes" else None
        for command, what in (("/no/such/program SECRET", "cannot be run: No such file"), ("'open SECRET", "a quote in it is not closed")):
            self.write("config", f"[profile dev]\ncredential_process = {command}\n")
            self.assertIn("~/.aws/config:2: error: credential_process: ", self.refused("--profile", "dev"))
            self.assertIn(what, self.refused("--profile", "dev"))


class Endpoints(Place):
    """The URL that is set for a service, by the names that botocore reads."""

    SERVICES = """athena budgets cloudcontrol cloudformation cloudtrail cloudwatch dms dynamodb ec2 ecr elbv2 emr
        emr-serverless events glue iam kms lakeformation lambda logs mwaa rds redshift redshift-data redshift-serverless
        resourcegroupstaggingapi s3 secretsmanager service-quotas sns sqs ssm sso sso-oidc stepfunctions sts""".split()

    def setUp(self):
        super().setUp()
        self.environment = {k: v for k, v in self.environment.items() if "ENDPOINT" not in k}
        loader = botocore.loaders.create_loader()
        self.models = {name: loader.load_service_model(name, "service-2")["metadata"] for name in self.SERVICES}

    def test_every_service(self):
        names = {name: model["serviceId"].replace(" ", "_").replace("-", "_") for name, model in self.models.items()}
        variables = {f"AWS_ENDPOINT_URL_{names[name].upper()}": f"http://localhost/{name}" for name in names}
        self.write("config", "[default]\nservices = local\n[services local]\n" + "".join(
            f"{names[name].lower()} =\n  endpoint_url = http://localhost/file/{name}\n" for name in names))
        for name, model in self.models.items():
            signing = model.get("signingName", model["endpointPrefix"])
            for given, url in ((variables, f"http://localhost/{name}"), ({}, f"http://localhost/file/{name}")):
                with mock.patch.dict(os.environ, {**self.environment, **given}, clear=True):
                    theirs = botocore.session.Session().create_client(name).meta.endpoint_url
                self.assertEqual(theirs, url)
                self.assertEqual(self.ours("--endpoint", signing, **given).stdout.strip(), url)


if __name__ == "__main__":
    unittest.main()
