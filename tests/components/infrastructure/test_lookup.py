"""Lookups use the provider that the component gives to its children."""

import pulumi
import pulumi_aws as aws
import pytest

from components.infrastructure.lookup import invoke_options
from tests.mocks import run


@pytest.mark.parametrize("form", ["list", "mapping", "provider"])
def test_lookups_use_the_aws_provider_of_the_options(form: str):
    def program() -> None:
        ours = aws.Provider("ours", region="eu-west-1")
        other = pulumi.ProviderResource("kubernetes", "other")
        options = {
            "list": lambda: pulumi.ResourceOptions(providers=[other, ours]),
            "mapping": lambda: pulumi.ResourceOptions(providers={"kubernetes": other, "aws": ours}),
            "provider": lambda: pulumi.ResourceOptions(provider=ours),
        }[form]()
        assert invoke_options(options).provider is ours

    assert run(program, preview=False).error is None


def test_lookups_do_not_use_a_provider_of_another_package():
    def program() -> None:
        other = pulumi.ProviderResource("kubernetes", "other")
        assert invoke_options(pulumi.ResourceOptions(provider=other)).provider is None

    assert run(program, preview=False).error is None
