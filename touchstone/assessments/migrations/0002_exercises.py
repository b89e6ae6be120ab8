"""Papers may ask for bad-case analyses and prompt repairs."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="paperitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("coding", "Coding"),
                    ("case", "Case"),
                    ("scenario", "Scenario"),
                    ("communication", "Communication"),
                    ("learning", "Learning"),
                    ("labelling", "Labelling"),
                    ("bad_case", "Bad Case"),
                    ("prompt_repair", "Prompt Repair"),
                ],
                max_length=14,
            ),
        )
    ]
