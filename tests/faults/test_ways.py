"""The way to the service: TLS, names, ports, proxies. What is wrong on it is told, and at once where it lasts."""
import concurrent.futures
import socket
import unittest

import between
import case
import certificates


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Ways(case.Case):
    @classmethod
    def setUpClass(cls):
        cls.simulation = cls.enterClassContext(case.serve())
        cls.tls = cls.simulation.folder / "tls"
        cls.tls.mkdir()
        certificates.authority(cls.tls)

    def through(self, tls, *words, **variables):
        """A run by way of a proxy that speaks TLS."""
        with between.Proxy(self.simulation.endpoint, tls=tls) as proxy:
            return proxy, case.Place(self.folder(), proxy.endpoint, **variables).run(*words)

    def refused(self, tls, pattern, *words, **variables):
        for words in [("status", "common"), ("deploy", "--yes")]:
            proxy, done = self.through(tls, *words, **variables)
            self.ended(done, 3, pattern)
            self.assertEqual(sum(proxy.suffered.values()), 0, "something was told to whoever that was")

    def test_certificate_of_nobody(self):
        here = certificates.issue(self.tls, "here", "IP:127.0.0.1")
        self.refused(here, r"certificate.*(self-signed|unable to get local issuer)")

    def test_certificate_of_an_authority_that_is_trusted(self):
        known = certificates.issue(self.tls, "known", "IP:127.0.0.1")
        proxy, done = self.through(known, "deploy", "--yes", AWS_CA_BUNDLE=str(self.tls / "ca.pem"))
        self.ended(done, 0)
        self.assertGreater(proxy.suffered[None], 10)
        self.stand_once(case.Account(self.simulation.endpoint).past())

    def test_certificate_that_has_expired(self):
        old = certificates.issue(self.tls, "old", "IP:127.0.0.1", "20200101000000Z", "20210101000000Z")
        self.refused(old, "certificate has expired", AWS_CA_BUNDLE=str(self.tls / "ca.pem"))

    def test_certificate_of_another_host(self):
        other = certificates.issue(self.tls, "other", "DNS:elsewhere.example.com")
        self.refused(other, r"127\.0\.0\.1", AWS_CA_BUNDLE=str(self.tls / "ca.pem"))

    def test_bundle_that_is_not_there(self):
        known = certificates.server_side(self.tls, "ca")
        proxy, done = self.through(known, "status", AWS_CA_BUNDLE=str(self.tls / "nothing.pem"))
        self.ended(done, 3, r"certificates of AWS_CA_BUNDLE cannot be read.*nothing\.pem")

    def test_plain_http_where_tls_was_meant(self):
        with between.Proxy(self.simulation.endpoint) as proxy:
            place = case.Place(self.folder(), proxy.endpoint.replace("http:", "https:"))
            self.ended(place.run("status", "common"), 3, "(?i)tls|ssl")

    def reached_nobody(self, endpoint, pattern, **variables):
        place = case.Place(self.folder(), endpoint, **variables)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            runs = [pool.submit(place.run, *words)
                    for words in [("status", "common"), ("deploy", "--yes"), ("events", "common")]]
        for run in runs:
            self.ended(run.result(), 3, pattern)

    def test_name_that_nobody_has(self):
        self.reached_nobody("http://nowhere.invalid", r"resolve.*nowhere\.invalid")

    def test_port_that_is_closed(self):
        self.reached_nobody(f"http://127.0.0.1:{closed_port()}", "(?i)connect")

    def test_proxy_that_is_not_there(self):
        for name in ("http_proxy", "ALL_PROXY"):
            with self.subTest(name):
                self.reached_nobody("http://cloudformation.example.com", rf"(?i)connect to .*127\.0\.0\.1",
                                    **{name: f"http://user:{case.SECRET}@127.0.0.1:{closed_port()}"})

    def test_proxy_is_passed_by_for_what_no_proxy_names(self):
        nowhere = f"http://127.0.0.1:{closed_port()}"
        place = case.Place(self.folder(), self.simulation.endpoint, http_proxy=nowhere, NO_PROXY="127.0.0.1")
        self.ended(place.run("import-check"), 0)


if __name__ == "__main__":
    unittest.main()
