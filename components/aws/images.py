"""References to container images: one grammar for the configuration, the components and `doctor`.

A reference is `host/path:tag@digest`, in which only the path is required. Source: the `reference` package of the
distribution project (github.com/distribution/reference), whose grammar registries and container engines follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .arn import Arn

PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
"""Container platforms by ECS CPU architecture."""
LENGTH = 255
"""AWS: botocore ecs, ContainerDefinition.image."""

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?", re.ASCII)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z+.-]*://")
_ECR_SUFFIXES = {
    "aws": ("amazonaws.com", "on.aws"),
    "aws-cn": ("amazonaws.com.cn", "on.amazonwebservices.com.cn"),
    "aws-us-gov": ("amazonaws.com", "on.aws"),
    "aws-eusc": ("amazonaws.eu", "on.amazonwebservices.eu"),
    "aws-iso": ("c2s.ic.gov", "on.aws.ic.gov"),
    "aws-iso-b": ("sc2s.sgov.gov", "on.aws.scloud"),
    "aws-iso-e": ("cloud.adc-e.uk", "on.cloud-aws.adc-e.uk"),
    "aws-iso-f": ("csp.hci.ic.gov", "on.aws.hci.ic.gov"),
}
"""Domains of ECR's private registries by partition: IPv4, and dual-stack.

AWS: Amazon ECR user guide, "Private registry" and "Making requests over IPv6". AWS's `ecr-credential-provider` matches
the same hosts."""


def domain(partition: str) -> str:
    """The domain of the services in a partition, such as `amazonaws.com`."""
    return _ECR_SUFFIXES.get(partition, _ECR_SUFFIXES["aws"])[0]


def _any(suffixes: Iterable[str]) -> str:
    return "|".join(re.escape(suffix) for suffix in dict.fromkeys(suffixes))


_ECR_HOST = re.compile(
    r"(?P<account>[0-9]{12})\.dkr(?:"
    rf"\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:{_any(ipv4 for ipv4, _ in _ECR_SUFFIXES.values())})|"
    rf"-ecr(?:-fips)?\.(?P<dual_stack>[a-z0-9-]+)\.(?:{_any(dual for _, dual in _ECR_SUFFIXES.values())}))"
)


@dataclass(frozen=True, slots=True)
class EcrRegistry:
    """A private registry of ECR."""

    account_id: str
    region: str

    @classmethod
    def of_host(cls, host: str) -> EcrRegistry | None:
        """The registry that a host name belongs to; None for other registries."""
        found = _ECR_HOST.fullmatch(host.lower())
        return cls(found["account"], found["region"] or found["dual_stack"]) if found else None


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image: `host/path:tag@digest`. Parts that are left out are empty."""

    host: str
    """Registry, with its port; empty for Docker Hub."""
    path: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """The image that a string refers to.

        Raises:
            ValueError: The string isn't a reference. The message says why and what to write.
        """
        problem = _shape_problem(text)
        name, _, digest = text.partition("@")
        host, path, tag = _split(name)
        problem = (
            problem or _digest_problem(text, digest) or _tag_problem(name, path, tag) or _name_problem(text, host, path)
        )
        if problem:
            raise ValueError(f'"{text}" is not an image: {problem}')
        return cls(host, path, tag, digest)

    @classmethod
    def parse_if_valid(cls, value: object) -> ImageReference | None:
        """The image, or None for any other value, such as an output."""
        try:
            return cls.parse(value) if isinstance(value, str) else None
        except ValueError:
            return None

    @property
    def ecr(self) -> EcrRegistry | None:
        """The private registry of ECR that holds it; None for other registries."""
        return EcrRegistry.of_host(self.host)


def registry_account(image: object) -> str | None:
    """The AWS account of an ECR image; None for other registries, and for values that are not known yet."""
    found = ImageReference.parse_if_valid(image)
    return found.ecr.account_id if found and found.ecr else None


def _split(name: str) -> tuple[str, str, str]:
    """Host, path and tag. The first part is a host if it has a dot, a port or upper case, or is `localhost`."""
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and (any(mark in first for mark in ".:[") or first == "localhost" or first != first.lower())
    host, rest = (first, rest) if is_host else ("", name)
    path, _, tag = rest.partition(":")
    return host, path, tag


def _shape_problem(text: str) -> str:
    """The problem of the string as a whole; empty if there is none."""
    if not text:
        return "it is empty. Write repository/name:tag."
    if len(text) > LENGTH:
        return f"it has {len(text)} characters. AWS accepts at most {LENGTH}."
    if re.search(r"\s", text):
        return "it contains a space. Write repository/name:tag, without spaces."
    if scheme := _SCHEME.match(text):
        return f'it is a URL. Write it without "{scheme[0]}", as host/name:tag.'
    arn = Arn.parse_if_arn(text)
    if arn and arn.service == "ecr":
        suffix = domain(arn.partition)
        host = f"{arn.account_id}.dkr.ecr.{arn.region}.{suffix}"
        return f"it is the ARN of a repository. Write {host}/{arn.resource_id}:tag."
    if re.search(r"[${}<>]", text):
        return "nothing replaces variables in it. Write the value."
    return ""


def _digest_problem(text: str, digest: str) -> str:
    if "@" not in text or _DIGEST.fullmatch(digest):
        return ""
    algorithm, colon, digits = digest.partition(":")
    if colon and algorithm == "sha256" and re.fullmatch("[0-9a-fA-F]+", digits):
        wrong = "has upper case" if len(digits) == 64 else f"has {len(digits)} digits"
        return f"its digest {wrong}. Write the whole digest: sha256: and 64 lowercase hexadecimal digits."
    return (
        "@ comes before a digest. Write sha256: and 64 lowercase hexadecimal digits after it, or a tag after a colon."
    )


def _tag_problem(name: str, path: str, tag: str) -> str:
    if ":" in tag:
        return "it has two tags. Keep one."
    if name.endswith(":"):
        return "its tag is missing. Write one after the colon, or remove the colon."
    if path and tag and not _TAG.fullmatch(tag):
        return f'"{tag}" is not a tag. Use up to 128 letters, digits, "_", "." and "-", not starting with "." or "-".'
    return ""


def _name_problem(text: str, host: str, path: str) -> str:
    is_domain = any(mark in host for mark in ".:[") or host == "localhost"
    name = path if is_domain or not host else f"{host}/{path}"
    if name != name.lower():
        return f"names are lowercase. Write {text.replace(name, name.lower(), 1)}."
    if host and not _HOST.fullmatch(host):
        return f'"{host}" is not the host name of a registry. Write host/name:tag.'
    if not _PATH.fullmatch(path):
        return 'write host/name:tag. A name has lowercase letters and digits, separated by "/", ".", "-", "_" or "__".'
    return ""
