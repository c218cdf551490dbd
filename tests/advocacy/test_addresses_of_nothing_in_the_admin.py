"""An admin address that names nothing, typed or half copied, is no error of ours."""

import pytest
from django.contrib import admin
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "named", ["nothing", "0/change/x.css", "99999999999999999999", "-1", "1e9"]
)
def test_what_names_nothing_is_answered_kindly(admin_client, named):
    wrong = {}
    for model in admin.site._registry:
        room = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("change", "delete", "history"):
            address = reverse(f"{room}_{page}", args=["0"]).replace("/0/", f"/{named}/")
            status = admin_client.get(address).status_code
            if status >= 500:
                wrong[address] = status
    assert not wrong
