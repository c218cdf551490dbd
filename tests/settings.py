"""Settings of a test run: the product's own, on the servers of the run."""

import os

from tests.rig.servers import provide

# Processes under test read these settings too; only a test process may start servers.
if "PYTEST_VERSION" in os.environ:
    provide()

from advocacy.settings import *  # noqa: F403
from advocacy.settings import STORAGES

# Tests run without collectstatic, so there is no manifest of hashed names.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# A real password hash costs 50 ms, in every test that logs somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nothing is asked of the web outside; tests of that pass a way to servers of their own.
PROOF_LINK_SECONDS = 0
# A canary is watched for a minute; what comes back in a test is there at once.
MAILING_CANARY_WATCH_SECONDS = 0
