"""References to images, as the distribution project and Amazon ECR define them.

Strings and their meaning are from the tests of github.com/distribution/reference (reference_test.go, normalize_test.go)
and from the Amazon ECR user guide, "Private registry" and "Making requests over IPv6"."""

import pytest

from components.aws.images import EcrRegistry, ImageReference, registry_account

DIGEST = f"sha256:{'f' * 64}"
VALID = {
    "test_com": ("", "test_com", "", ""),
    "test.com:tag": ("", "test.com", "tag", ""),
    "test.com:5000": ("", "test.com", "5000", ""),
    "test.com/repo:tag": ("test.com", "repo", "tag", ""),
    "test:5000/repo": ("test:5000", "repo", "", ""),
    "test:5000/repo:tag": ("test:5000", "repo", "tag", ""),
    f"test:5000/repo@{DIGEST}": ("test:5000", "repo", "", DIGEST),
    f"test:5000/repo:tag@{DIGEST}": ("test:5000", "repo", "tag", DIGEST),
    "lowercase:Uppercase": ("", "lowercase", "Uppercase", ""),
    "sub-dom1.foo.com/bar/baz/quux:some-long-tag": ("sub-dom1.foo.com", "bar/baz/quux", "some-long-tag", ""),
    "b.gcr.io/test.example.com/my-app:test.example.com": (
        "b.gcr.io",
        "test.example.com/my-app",
        "test.example.com",
        "",
    ),
    "xn--n3h.com/myimage:xn--n3h.com": ("xn--n3h.com", "myimage", "xn--n3h.com", ""),
    "foo_bar.com:8080": ("", "foo_bar.com", "8080", ""),
    "foo/foo_bar.com:8080": ("", "foo/foo_bar.com", "8080", ""),
    "localhost/repo": ("localhost", "repo", "", ""),
    "192.168.1.1:5000/repo:5050": ("192.168.1.1:5000", "repo", "5050", ""),
    "[2001:db8::1]:5000/repo:tag": ("[2001:db8::1]:5000", "repo", "tag", ""),
    "a__b/c---d": ("", "a__b/c---d", "", ""),
    f"a:{'t' * 128}": ("", "a", "t" * 128, ""),
    "a" * 255: ("", "a" * 255, "", ""),
}
INVALID = {
    "": "it is empty.",
    ":justtag": "write host/name:tag.",
    f"@{DIGEST}": "write host/name:tag.",
    "repo@sha256:ffffffffffffffffffffffffffffffffff": "its digest has 34 digits.",
    f"repo@sha256:{'F' * 64}": "its digest has upper case.",
    f"repo@{'f' * 64}": "@ comes before a digest.",
    f"repo@invaliddigest:{'f' * 64}": "@ comes before a digest.",
    "Uppercase:tag": "names are lowercase. Write uppercase:tag.",
    "Org/app:Tag": "names are lowercase. Write org/app:Tag.",
    "test:5000/Uppercase/lowercase:tag": "names are lowercase. Write test:5000/uppercase/lowercase:tag.",
    "aa/asdf^^/aa": "write host/name:tag.",
    "aa/asdf$$^/aa": "nothing replaces variables in it.",
    "${REGISTRY}/app:1": "nothing replaces variables in it.",
    "<account>.dkr.ecr.eu-west-1.amazonaws.com/app": "nothing replaces variables in it.",
    "[2001:db8::1]": "",
    "[fe80::1%eth0]:5000/repo": "is not the host name of a registry.",
    "app:1:2": "it has two tags.",
    "host.io:5000/app:1:2": "it has two tags.",
    "app:": "its tag is missing.",
    "app:.1": '".1" is not a tag.',
    f"a:{'t' * 129}": "is not a tag.",
    "a___b": "write host/name:tag.",
    "a//b": "write host/name:tag.",
    "/a": "write host/name:tag.",
    "a/": "write host/name:tag.",
    "job: 1": "it contains a space.",
    "a\n": "it contains a space.",
    "https://quay.io/org/app:1": 'it is a URL. Write it without "https://"',
    "docker://app:1": 'it is a URL. Write it without "docker://"',
    "arn:aws-cn:ecr:cn-north-1:123456789012:repository/jobs/etl": "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/jobs/etl:tag",
    "a" * 256: "it has 256 characters.",
}  # fmt: skip
"""Strings that are no references, and a part of the reason."""


@pytest.mark.parametrize(("text", "parts"), VALID.items(), ids=VALID)
def test_parts_of_a_reference(text: str, parts: tuple[str, str, str, str]):
    assert ImageReference.parse(text) == ImageReference(*parts)


@pytest.mark.parametrize(("text", "reason"), INVALID.items(), ids=INVALID)
def test_a_string_that_is_no_reference_is_refused_with_the_reason(text: str, reason: str):
    with pytest.raises(ValueError, match="is not an image: ") as raised:
        ImageReference.parse(text)
    assert str(raised.value).startswith(f'"{text}" is not an image: ')
    assert reason in str(raised.value)
    assert ImageReference.parse_if_valid(text) is None


ECR_HOSTS = {
    "123456789012.dkr.ecr.us-west-2.amazonaws.com": "us-west-2",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn": "cn-north-1",
    "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com": "us-gov-west-1",
    "123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov": "us-iso-east-1",
    "123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov": "us-isob-east-1",
    "123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk": "eu-isoe-west-1",
    "123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov": "us-isof-south-1",
    "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu": "eusc-de-east-1",
    "123456789012.dkr.ecr-fips.us-west-2.amazonaws.com": "us-west-2",
    "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com": "us-gov-west-1",
    "123456789012.dkr-ecr.us-west-2.on.aws": "us-west-2",
    "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn": "cn-north-1",
    "123456789012.dkr-ecr.us-iso-west-1.on.aws.ic.gov": "us-iso-west-1",
    "123456789012.dkr-ecr.us-isob-east-1.on.aws.scloud": "us-isob-east-1",
    "123456789012.dkr-ecr.us-isof-south-1.on.aws.hci.ic.gov": "us-isof-south-1",
    "123456789012.dkr-ecr.eu-isoe-west-1.on.cloud-aws.adc-e.uk": "eu-isoe-west-1",
    "123456789012.dkr-ecr-fips.us-west-2.on.aws": "us-west-2",
    "123456789012.dkr-ecr-fips.us-gov-west-1.on.aws": "us-gov-west-1",
    "123456789012.DKR.ECR.eu-west-1.amazonaws.com": "eu-west-1",
}
OTHER_HOSTS = [
    "public.ecr.aws", "docker.io", "123456789012.ecr.us-west-2.amazonaws.com", "123456789012.ecr-dkr.us-west-2.on.aws",
    "ecr-fips.amazonaws.com", "12345678901.dkr.ecr.us-west-2.amazonaws.com", "123456789012.dkr.ecr.us-west-2.on.aws",
    "123456789012.dkr.ecr.us-west-2.amazonaws.com.evil.com", "123456789012.dkr-ecr.us-west-2.amazonaws.com",
    "123456789012.dkr.ecr.us-west-2.amazonaws.com:443",
]  # fmt: skip


@pytest.mark.parametrize(("host", "region"), ECR_HOSTS.items(), ids=ECR_HOSTS)
def test_every_form_of_a_host_of_ecr(host: str, region: str):
    assert ImageReference.parse(f"{host}/team/job:1").ecr == EcrRegistry("123456789012", region)
    assert registry_account(f"{host}/team/job:1") == "123456789012"


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_other_hosts_are_not_ecr(host: str):
    assert ImageReference.parse(f"{host}/team/job:1").ecr is None


def test_a_value_that_is_not_known_yet_has_no_account():
    assert registry_account(None) is None
    assert registry_account("not an image") is None
