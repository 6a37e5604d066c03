"""Certificates of an authority of our own, as the openssl command makes them."""
import ssl
import subprocess


def openssl(*words, folder):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {words}: {done.stderr}")


def authority(folder):
    """ca.pem and ca.key, and what `openssl ca` needs to issue with dates of one's choice."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
            "-out", "ca.pem", "-subj", "/CN=an authority of the test", "-days", "3", folder=folder)
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\nprivate_key=ca.key\n"
        "certificate=ca.pem\ndefault_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=copy\n"
        "[any]\ncommonName=supplied\n")


def issue(folder, name, host, begin=None, end=None):
    """name.pem and name.key for a host ("DNS:..." or "IP:..."), as a server's side of TLS."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
            "-out", f"{name}.csr", "-subj", f"/CN={name}", "-addext", f"subjectAltName={host}", folder=folder)
    dates = ["-startdate", begin, "-enddate", end] if begin else ["-days", "2"]
    openssl("ca", "-batch", "-config", "ca.cnf", "-in", f"{name}.csr", "-out", f"{name}.pem", "-notext", *dates,
            folder=folder)
    return server_side(folder, name)


def server_side(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context
