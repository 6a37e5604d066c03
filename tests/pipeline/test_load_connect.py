"""How cfngen load connects: TLS that is verified unless less is asked for, and secrets that are never told."""
import json
import re
import subprocess
import unittest

from loading import Case, Shop


def setUpModule():
    Case.shop = Shop()
    unittest.addModuleCleanup(Case.shop.done)


class Connect(Case):
    def without(self, *keywords, **more):
        """The DSN without some keywords, and with others."""
        words = [word for word in self.dsn.split() if word.split("=")[0] not in keywords + tuple(more)]
        return " ".join(words + [f"{name}={value}" for name, value in more.items()])

    def load_as(self, code, dsn, *words, **variables):
        return self.says(code, "load", "--from", self.shop.files, "--dsn", dsn, *words, **variables)

    def other_authority(self):
        key, certificate = self.folder / "ca.key", self.folder / "ca.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=somebody else"],
                       check=True, capture_output=True)
        return certificate

    def test_verified_by_default(self):
        """Nobody says so, but the server's authority is not of the system: refused, with what to do."""
        dsn = self.without("sslmode", "sslrootcert")
        said = self.load_as(3, dsn).stderr
        self.assertIn("certificate verify failed", said)
        self.assertIn("--ca FILE names the certificates to trust", said)
        done = self.load_as(0, dsn, "--ca", self.shop.cluster.tls / "ca.crt")
        self.assertNotIn("warning", done.stderr)

    def test_another_authority(self):
        self.assertIn("certificate verify failed", self.load_as(3, self.dsn, "--ca", self.other_authority()).stderr)
        self.assertEqual(self.tables(), {})

    def test_another_name(self):
        dsn = self.without(host="db.example", hostaddr="127.0.0.1")
        self.assertRegex(self.load_as(3, dsn).stderr, 'does not match host name "db.example"')

    def test_less_is_told(self):
        for mode in ("require", "verify-ca"):
            said = self.load_as(0, self.without(sslmode=mode), "--replace").stderr
            self.assertIn(f"not verified with sslmode={mode}: verify-full would be right", said)

    def test_modes_of_the_environment(self):
        said = self.load_as(0, self.without("sslmode", "sslrootcert"), PGSSLMODE="require").stderr
        self.assertIn("not verified with sslmode=require", said)
        root = self.shop.cluster.tls / "ca.crt"
        said = self.load_as(0, self.without("sslmode", "sslrootcert"), PGSSLROOTCERT=str(root)).stderr
        self.assertNotIn("warning", said)

    def test_a_socket_needs_no_tls(self):
        folder = self.shop.cluster.folder
        dsn = self.without("sslmode", "sslrootcert", host=folder)
        self.assertNotIn("warning", self.load_as(0, dsn).stderr)
        self.assertNotIn("warning", self.load_as(0, f"{dsn} sslmode=disable").stderr)

    def test_a_uri(self):
        port = re.search(r"port=(\d+)", self.dsn)[1]
        password = (self.shop.cluster.folder / "password").read_text().strip()
        uri = f"postgresql://shop@localhost:{port}/shop"
        done = self.load_as(0, uri, "--ca", self.shop.cluster.tls / "ca.crt", PGPASSWORD=password)
        self.assertNotIn(password, done.stdout + done.stderr)

    def test_secrets_are_not_told(self):
        port = re.search(r"port=(\d+)", self.dsn)[1]
        root = self.shop.cluster.tls / "ca.crt"
        dsns = {f"postgresql://shop:s3cretword@localhost:{port}/shop": 3,
                self.without("passfile", password="s3cretword"): 3, "host=localhost password='s3cretword": 1,
                "postgresql://shop:s3cretword@[::1/shop": 1, "no s3cretword": 1}
        for dsn, code in dsns.items():
            done = self.load_as(code, dsn, "--ca", root)
            self.assertNotIn("s3cretword", done.stdout + done.stderr)

    def test_nobody_there(self):
        self.assertIn("cannot connect", self.load_as(3, "host=127.0.0.1 port=1 dbname=x user=y").stderr)

    def test_one_line_of_json_for_machines(self):
        said = self.load_as(3, "host=127.0.0.1 port=1 dbname=x user=y", "--output", "json").stderr
        self.assertEqual(json.loads(said)["code"], "io.connect")


if __name__ == "__main__":
    unittest.main()
