"""People of the company: branches, departments, roles."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from touchstone.common.db import Referenced
from touchstone.ui.bilingual import choose


class Branch(Referenced):
    """A company of the group, or a site of it. Rights are given per branch."""

    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """Its name in the reader's language, now."""
        return choose(self.name, self.name_en or self.name)

    @property
    def both(self) -> dict[str, str]:
        """Its name in both languages."""
        return {"zh": self.name, "en": self.name_en or self.name}


class Department(Referenced):
    """A department of a branch; its kind decides which panel seats its people can take."""

    class Kind(models.TextChoices):
        ALGORITHM = "algorithm"
        BUSINESS = "business"
        HR = "hr"
        OTHER = "other"

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.OTHER)
    industry = models.CharField(max_length=40, blank=True)
    wecom_id = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "name"], name="department_name_in_branch")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """Its name in the reader's language, now."""
        return choose(self.name, self.name_en or self.name)

    @property
    def both(self) -> dict[str, str]:
        """Its name in both languages."""
        return {"zh": self.name, "en": self.name_en or self.name}


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts; `create_superuser` exists for Django's own command."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> Person:
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, Referenced):
    """Somebody who works here and signs in."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    title = models.CharField(max_length=80, blank=True)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="people")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    seniority = models.PositiveSmallIntegerField(default=2)  # 1 junior … 4 principal
    skills = models.JSONField(default=list)  # panel skills: concept names
    max_interviews_per_day = models.PositiveSmallIntegerField(default=4)
    max_interviews_per_week = models.PositiveSmallIntegerField(default=12)
    language = models.CharField(max_length=10, default="zh-hans")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    wecom_userid = models.CharField(max_length=64, blank=True, db_index=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(null=True)
    session_epoch = models.PositiveIntegerField(default=1)  # raised to end every session

    objects = PersonManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Ends every session when the password changes or `session_epoch` is raised."""
        value = f"{self.password}/{self.session_epoch}"
        return salted_hmac("touchstone.session", value, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> list[str]:
        return []


class Role(models.TextChoices):
    """What a person may do in a branch."""

    ADMINISTRATOR = "administrator"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring_manager"
    INTERVIEWER = "interviewer"
    AUDITOR = "auditor"


class RoleAssignment(models.Model):
    """A role in one branch, or in all of them where `branch` is empty (administrator, auditor)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "branch"],
                name="role_once",
                nulls_distinct=False,
            )
        ]


class ApiToken(Referenced):
    """Opens the API in a person's name, no further than the person's rights and its own scopes.

    Only the hash of the secret is kept; the secret is shown once.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
