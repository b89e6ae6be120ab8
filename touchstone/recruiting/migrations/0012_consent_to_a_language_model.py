from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recruiting", "0011_consent_to_spoken_answers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("assessment", "Assessment"),
                    ("recording", "Recording"),
                    ("talent_pool", "Talent Pool"),
                    ("transcript", "Transcript"),
                    ("spoken_answer", "Spoken Answer"),
                    ("language_model", "Language Model"),
                ],
                max_length=16,
            ),
        ),
    ]
