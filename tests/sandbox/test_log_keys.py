"""The KMS key of a log group is changed in place, as by the provider (aws_cloudwatch_log_group, kms_key_id)."""

from typing import Any

from sandbox.plugin.aws import Aws, Session
from sandbox.plugin.services.logs import LogGroup

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
GROUP = LogGroup()


def test_the_key_of_a_log_group_is_changed_in_place(session: Session):
    aws = Aws(session, "eu-west-1")
    props: dict[str, Any] = {"name": "/aws/events/shop/failed", "retentionInDays": 30, "tagsAll": {}}
    GROUP.create(aws, props)
    assert not GROUP.fields["kmsKeyId"].replaces, "that would delete the log"
    for key in (KEY, KEY.replace("1111", "2222"), None):
        before = GROUP.read(aws, props["name"], props)
        assert before
        changed = {name: value for name, value in {**props, "kmsKeyId": key}.items() if value is not None}
        GROUP.update(aws, props["name"], before, changed)
        after = GROUP.read(aws, props["name"], changed)
        assert after
        assert after.get("kmsKeyId") == key
