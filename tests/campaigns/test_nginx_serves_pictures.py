"""The shipped proxy serves pictures from the disk, and nothing that may lie beside them."""

import http.client
from pathlib import Path

from deploy.local import ports
from tests.rig import nginx

pytestmark = [nginx.NEEDED]

NAME = "abcdefghijklmnopqrstuv.webp"


def test_t35_pictures_come_from_the_disk_and_stay_pictures(tmp_path: Path):
    pictures = tmp_path / "media" / "pictures"
    pictures.mkdir(parents=True)
    (pictures / NAME).write_bytes(b"RIFF....WEBP")
    (pictures / "page.html").write_text("<script>alert(1)</script>")
    (tmp_path / "media" / "secret.txt").write_text("secret")
    proxy = nginx.Nginx(
        tmp_path,
        site_port=ports.unused(),
        changes={"/srv/advocacy/var/media/": f"{tmp_path}/media/"},
    )
    proxy.start()
    try:

        def ask(path: str, method: str = "GET") -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(ports.HOST, proxy.port)
            connection.request(method, path, headers={"Host": "act.example.org"})
            return connection.getresponse()

        picture = ask(f"/media/pictures/{NAME}")
        assert picture.status == 200
        assert picture.headers["Content-Type"] == "image/webp"
        assert picture.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in picture.headers["Cache-Control"]
        assert ask("/media/pictures/page.html").headers["Content-Type"] != "text/html"
        assert ask("/media/pictures/").status in (403, 404)
        missing = ask("/media/pictures/missing.webp")
        assert (missing.status, missing.headers["Cache-Control"]) == (404, None)
        assert ask("/media/pictures/../secret.txt").status != 200
        assert ask("/media/pictures/%2e%2e/secret.txt").status != 200
        assert ask(f"/media/pictures/{NAME}", "PUT").status in (403, 405)
    finally:
        proxy.kill()
