"""`python -m touchstone.integrations.sandbox` builds the sandbox's interpreter (`make setup`)."""

from touchstone.integrations.sandbox.environment import build

if __name__ == "__main__":
    print(build().folder)
