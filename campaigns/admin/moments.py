"""A moment in a form: one field with a label, as the browser lets people choose it."""

from typing import Any

from django import forms
from django.db import models

# Django's own pair of fields, one for the day and one for the time, has no label for either.
ONE_FIELD: dict[type[models.Field], dict[str, Any]] = {
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(
            {"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        ),
    }
}
