"""Whether a language model reads a position's answers, which a person switches on."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("positions", "0003_model_drafts")]

    operations = [
        migrations.AddField("position", "llm_rates", models.BooleanField(default=False)),
    ]
