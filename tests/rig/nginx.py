"""A real nginx with the shipped configuration, on loopback ports and without TLS."""

import getpass
import os
import re
import shutil
import socket
from pathlib import Path

import pytest

from deploy.local import ports, programs
from tests.rig.programs import Program

SHIPPED = programs.CHECKOUT / "deploy" / "nginx" / "advocacy.conf"
ADVICE = "no nginx here: apt-get install nginx-light"
# What Debian's own nginx.conf says around the shipped file. Addresses of clients are taken from
# what they say, for all of them come from this machine.
_FRAME = """
user {user};
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    default_type application/octet-stream;
    types {{ text/html html; application/json json; }}
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    set_real_ip_from {host};
    real_ip_header X-Forwarded-For;
{shipped}
    server {{
        listen {host}:{static_port};
        access_log {folder}/static.log advocacy buffer=64k flush=1s;
        root {folder}/static;
    }}
}}
"""


def find() -> str | None:
    """The nginx of this machine, which is often not on the path of an ordinary account."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


# Where a laptop has none these tests are skipped; where everything is to be run (CI) they fail.
NEEDED = pytest.mark.skipif(find() is None and "CI" not in os.environ, reason=ADVICE)


class Nginx(Program):
    """The shipped configuration before a site; what lies in `static` is served beside it as files.

    `changes` are further replacements in the shipped text, such as shorter waits.
    """

    def __init__(self, folder: Path, *, site_port: int, changes: dict[str, str] | None = None):
        self.folder = folder / "nginx"
        self.static = self.folder / "static"
        self.static.mkdir(parents=True)
        self.port, self.static_port = ports.unused(), ports.unused()
        self.url = f"http://{ports.HOST}:{self.port}"
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            _FRAME.format(
                user=getpass.getuser(),
                folder=self.folder,
                host=ports.HOST,
                static_port=self.static_port,
                shipped=self._adapted(site_port, changes or {}),
            )
        )
        if os.geteuid() == 0:
            folder.chmod(0o755)
        binary = find()
        assert binary, ADVICE
        command = [binary, "-p", str(self.folder), "-c", str(configuration), "-g", "daemon off;"]
        super().__init__("nginx", command, os.environ, self.folder)

    def _adapted(self, site_port: int, changes: dict[str, str]) -> str:
        """The shipped text with our ports and folders. What is replaced has to be there."""
        text = SHIPPED.read_text()
        replaced = {
            "listen 443 ssl http2;": f"listen {ports.HOST}:{self.port};",
            "listen 80;": f"listen {ports.HOST}:{ports.unused()};",
            "server 127.0.0.1:8000 ": f"server {ports.HOST}:{site_port} ",
            "/var/cache/nginx/advocacy": f"{self.folder}/cache",
            "/var/log/nginx/advocacy.log": f"{self.folder}/access.log",
            "/var/log/nginx/advocacy.error.log": f"{self.folder}/error.log",
        }
        for old, new in (changes | replaced).items():
            assert old in text, f"{old!r} is not in {SHIPPED.name}"
            text = text.replace(old, new)
        return re.sub(r"^ *(listen \[::\]|ssl_certificate).*\n", "", text, flags=re.MULTILINE)

    def ready(self) -> bool:
        try:
            socket.create_connection((ports.HOST, self.port), 1).close()
        except OSError:
            return False
        return True

    @property
    def log(self) -> str:
        """What it wrote of requests; it writes once a second."""
        return (self.folder / "access.log").read_text()

    @property
    def error_log(self) -> str:
        """What it wrote of troubles."""
        return (self.folder / "error.log").read_text()
