from __future__ import annotations

import pytest

from touchstone.demo.company import Company, generate_company


@pytest.fixture(scope="session")
def company() -> Company:
    return generate_company(11)
