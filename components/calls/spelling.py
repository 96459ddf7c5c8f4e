"""Spelling of services, operations and parameters in calls. Pure.

EventBridge Scheduler names them like the AWS SDK for Java 2.x, as the AWS SDK integrations of Step Functions do. AWS:
EventBridge Scheduler user guide, "Using universal targets"; Step Functions developer guide, "Learning to use AWS
service SDK integrations".
"""

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z][A-Z0-9]*|[0-9]+")
"""The words of a name in camelCase or PascalCase. `IDs` is one word."""


def service_id(name: str) -> str:
    """The ID of a service in calls: `databasemigration` for `Database Migration Service`.

    Args:
        name: The service ID in AWS's model of the API.
    """
    letters = re.sub("[^a-z0-9]", "", name.lower())
    return letters.removeprefix("amazon").removeprefix("aws").removesuffix("service")


def action(operation: str) -> str:
    """An operation as EventBridge Scheduler spells it: `stopDBInstance`."""
    return operation[:1].lower() + operation[1:]


@lru_cache(maxsize=4096)
def parameter(member: str) -> str:
    """A parameter as EventBridge Scheduler spells it: `DbInstanceIdentifier` for `DBInstanceIdentifier`.

    The AWS SDK for Java 2.x spells the first word in lowercase, also an acronym. Here it is capitalized. Acronyms
    after it stay: `SourceDBInstanceIdentifier`.

    Args:
        member: The parameter in the API's spelling.
    """
    end = 1
    while end < len(member) and member[end].isupper() and not member[end + 1 : end + 2].islower():
        end += 1
    return member[:1].upper() + member[1:end].lower() + member[end:]


@lru_cache(maxsize=4096)
def usual_spellings(name: str) -> frozenset[str]:
    """All spellings of an operation or a parameter that users write.

    For `DBInstanceIdentifier` these are its own, `dbInstanceIdentifier`, `DbInstanceIdentifier`,
    `dBInstanceIdentifier` and `db_instance_identifier`.

    Args:
        name: The name in the API's spelling.
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    pascal = "".join(word[:1].upper() + word[1:] for word in words)
    # Hyphens and underscores in AWS's own names stay.
    plain = {name, parameter(name), *([pascal] if len(pascal) == len(name) else [])}
    return frozenset({*plain, *(_lower_first(each) for each in plain), "_".join(words)})


def class_name(name: str) -> str:
    """A name as the AWS SDK for Java 2.x spells it in the names of classes: `InvalidDbInstanceState` for
    `InvalidDBInstanceState`, and `ApplicationAutoScaling` for `Application Auto Scaling`."""
    return "".join(word[:1].upper() + word[1:].lower() for word in _WORDS.findall(name))


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]
