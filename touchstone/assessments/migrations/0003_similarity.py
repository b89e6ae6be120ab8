"""Programs of one problem and round that have much in common."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import touchstone.common.db


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_exercises"),
        ("positions", "0003_model_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="SimilarityRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("computed_at", models.DateTimeField(blank=True, null=True)),
                ("compared", models.PositiveIntegerField(default=0)),
                ("engine", models.CharField(blank=True, max_length=40)),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="similarity_rounds",
                        to="positions.position",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Similarity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ref",
                    models.CharField(
                        default=touchstone.common.db.new_ref,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("first_share", models.FloatField()),
                ("second_share", models.FloatField()),
                ("runs", models.JSONField(default=list)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="assessments.submission",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="assessments.submission",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pairs",
                        to="assessments.similarityround",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="similarityround",
            constraint=models.UniqueConstraint(
                fields=("position", "code"), name="similarity_round_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="similarity",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="similarity_pair_once"
            ),
        ),
    ]
